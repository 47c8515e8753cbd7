"""What the style checks share: the tracked C++ files, and text with comments and literals blanked."""
import pathlib
import re

ROOT = pathlib.Path(__file__).resolve().parents[2]
FOLDERS = ("core", "swarm", "applier", "node", "seeder", "simulations", "tests")
BLANK = re.compile(r'//[^\n]*|/\*.*?\*/|R"(\w*)\(.*?\)\1"|"(?:\\.|[^"\\\n])*"|\'(?:\\.|[^\'\\\n])+\'', re.S)


def files(*suffixes):
    found = (p for folder in FOLDERS for p in (ROOT / folder).rglob("*") if p.suffix in suffixes)
    return sorted(p for p in found if "__pycache__" not in p.parts)


def blanked(text):
    """The same text, line for line, without what the compiler does not run. Digit separators (1'000) survive."""
    text = re.sub(r"(?<=[0-9a-fA-F])'(?=[0-9a-fA-F])", "_", text)
    return BLANK.sub(lambda m: re.sub(r"[^\n]", " ", m.group()), text)


def line_of(text, position):
    return text.count("\n", 0, position) + 1


def report(problems):
    """Prints `path:line: what`; the exit code of a check."""
    for problem in problems:
        print(problem)
    return 1 if problems else 0
