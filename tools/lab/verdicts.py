"""What the laboratory finds, line by line."""
import dataclasses


@dataclasses.dataclass
class Verdict:
    item: str  # of the list of acceptance figures
    what: str
    published: str
    ours: str
    tolerance: str
    source: str
    holds: bool


class Verdicts(list):
    def compare(self, item, what, published, ours, tolerance, source, unit="", relative=False):
        """One figure against one, or many against many: the worst decides."""
        pairs = list(zip(published, ours)) if hasattr(published, "__len__") else [(published, ours)]
        off = [abs(o - p) / (abs(p) if relative else 1.0) for p, o in pairs]
        worst = max(range(len(off)), key=lambda i: off[i])
        said = f"{tolerance:.3g}" if not relative else f"{100 * tolerance:.3g} %"
        if len(pairs) > 1:
            published, ours = f"{len(pairs)} figures", f"off by {_shown(off[worst], relative)} at most"
        else:
            published, ours = f"{pairs[0][0]:.6g}", f"{pairs[0][1]:.6g}"
        self.append(Verdict(item, what, f"{published} {unit}".strip(), f"{ours} {unit if not relative or len(pairs) == 1 else ''}".strip(),
                            f"± {said} {'' if relative else unit}".strip(), source, off[worst] <= tolerance))

    def state(self, item, what, published, ours, tolerance, source, holds):
        self.append(Verdict(item, what, str(published), str(ours), tolerance, source, bool(holds)))

    def table(self):
        lines = ["| item | what | published | ours | tolerance | source | verdict |", "|---|---|---|---|---|---|---|"]
        for v in self:
            cells = [v.item, v.what, v.published, v.ours, v.tolerance, v.source, "holds" if v.holds else "**FAILS**"]
            lines.append("| " + " | ".join(c.replace("|", "\\|") for c in cells) + " |")
        return "\n".join(lines) + "\n"


def _shown(value, relative):
    return f"{100 * value:.2g} %" if relative else f"{value:.2g}"
