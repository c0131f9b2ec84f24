"""Reads an uncompressed MCAP file with nothing but the specification: an oracle independent of nightfog's reader."""
import struct
import zlib

MAGIC = b"\x89MCAP0\r\n"


def _records(data, position, end):
    while position < end:
        opcode, length = struct.unpack_from("<BQ", data, position)
        yield opcode, data[position + 9:position + 9 + length]
        position += 9 + length


def _string(data, position):
    (length,) = struct.unpack_from("<I", data, position)
    return data[position + 4:position + 4 + length].decode(), position + 4 + length


def messages(path):
    """[(topic, log_time, bytes)] in file order; chunk CRCs are checked."""
    with open(path, "rb") as file:
        data = file.read()
    assert data.startswith(MAGIC) and data.endswith(MAGIC), f"{path} is no whole MCAP file"
    topics, found = {}, []

    def take(records):
        for opcode, body in records:
            if opcode == 0x04:
                (identifier,) = struct.unpack_from("<H", body)
                topics[identifier], _ = _string(body, 4)
            elif opcode == 0x05:
                channel, _, log_time, _ = struct.unpack_from("<HIQQ", body)
                found.append((topics[channel], log_time, body[22:]))
            elif opcode == 0x06:
                _, _, size, crc = struct.unpack_from("<QQQI", body)
                compression, position = _string(body, 28)
                assert compression == "", "compressed chunk"
                (length,) = struct.unpack_from("<Q", body, position)
                content = body[position + 8:position + 8 + length]
                assert len(content) == size and (crc == 0 or zlib.crc32(content) == crc), "chunk CRC"
                take(_records(content, 0, len(content)))

    end_of_data = []
    body_records = []
    for opcode, body in _records(data, len(MAGIC), len(data) - len(MAGIC)):
        if opcode == 0x0F:
            end_of_data.append(True)
            break
        body_records.append((opcode, body))
    assert end_of_data, "no DataEnd record"
    take(body_records)
    return found
