"""Projects and unprojects a fixed set of points with OpenCV and prints one line of numbers each; read by lens_test.cpp.

Line: fx fy cx cy k1 k2 p1 p2 k3   X Y Z   u v   xu yu      (xu, yu: cv2.undistortPoints of (u, v), to 1e-12)
"""
import sys

try:
    import cv2
    import numpy as np
except ImportError as error:
    print(f"skip {error}")
    sys.exit(0)

LENSES = [
    (1000.0, 1000.0, 959.5, 539.5, 0.0, 0.0, 0.0, 0.0, 0.0),
    (1266.4, 1266.4, 816.3, 491.5, -0.35, 0.15, 0.0008, -0.0006, -0.03),
    (1252.8, 1252.8, 826.6, 469.9, -0.28, 0.07, -0.0004, 0.0003, 0.0),
    (721.5, 721.5, 609.6, 172.9, 0.05, -0.04, 0.001, 0.002, 0.01),
]
for lens in LENSES:
    fx, fy, cx, cy, k1, k2, p1, p2, k3 = lens
    matrix = np.array([[fx, 0, cx], [0, fy, cy], [0, 0, 1.0]])
    distortion = np.array([k1, k2, p1, p2, k3])
    for j in range(-8, 9):
        for i in range(-8, 9):
            point = np.array([[0.075 * i, 0.045 * j, 1.0]]) * 17.0
            pixel, _ = cv2.projectPoints(point, np.zeros(3), np.zeros(3), matrix, distortion)
            back = cv2.undistortPointsIter(pixel, matrix, distortion, np.eye(3), np.eye(3),
                                           (cv2.TERM_CRITERIA_COUNT | cv2.TERM_CRITERIA_EPS, 200, 1e-12))
            print(*lens, *point[0], *pixel[0, 0], *back[0, 0])
