#!/usr/bin/env python3
"""g++ 12.2 silently miscompiles many coroutine spellings (double frees, bodies that never run). What it always
compiles right is one co_await as a whole statement: `co_await f(a);` or `auto x = co_await f(std::move(b));`,
without braces, lambdas, conditions or a second co_await in it, outside of capturing lambdas. This check accepts
nothing else."""
import re
import sys

import source

DECLARATION = re.compile(r"(?:(?:const\s+)?[A-Za-z_][\w:]*(?:<[^;{}]*>)?[\s&*]+)[A-Za-z_]\w*\s*=\s*")
CAPTURING = re.compile(r"(?:[(,={;:?!]|\breturn)\s*(?<!\[)\[\s*[^\[\]\s][^\[\]]*\](?!\])\s*(?:\([^{}]*\))?[^;{}]*$", re.S)
AWAIT = re.compile(r"\bco_await\b")


def statement_start(text, position):
    """Where the statement around `position` begins, or None when it is inside parentheses or brackets."""
    depth = 0
    for i in range(position - 1, -1, -1):
        if text[i] in ")]":
            depth += 1
        elif text[i] in "([":
            if depth == 0:
                return None
            depth -= 1
        elif text[i] in ";{}" and depth == 0:
            return i + 1
    return 0


def statement_rest(text, position):
    """From co_await to its semicolon; stops early at a brace, which is what the caller looks for."""
    end = re.compile(r"[;{}]").search(text, position)
    return text[position:end.end()] if end else text[position:]


def in_capturing_lambda(text, position):
    depth = 0
    for i in range(position - 1, -1, -1):
        if text[i] == "}":
            depth += 1
        elif text[i] == "{":
            if depth == 0 and CAPTURING.search(text[max(0, i - 400):i]):
                return True
            depth = max(0, depth - 1)
    return False


def fault_at(text, position):
    start = statement_start(text, position)
    if start is None:
        return "inside another expression"
    before = text[start:position].strip()
    if before and not DECLARATION.fullmatch(text[start:position].lstrip()):
        return f"after `{' '.join(before.split())[:40]}`"
    rest = statement_rest(text, position)
    if not rest.endswith(";"):
        return "with braces in its statement"
    if len(AWAIT.findall(rest)) > 1:
        return "twice in one statement"
    if re.search(r"\[[^\]]*\]\s*\(|\?|&&|\|\|", rest):
        return "with a lambda or a condition in its statement"
    if in_capturing_lambda(text, position):
        return "in a lambda that captures"
    return None


def problems_in(path, text):
    text = re.sub(r"^[ \t]*#[^\n]*", "", source.blanked(text), flags=re.M)
    for match in AWAIT.finditer(text):
        fault = fault_at(text, match.start())
        if fault:
            yield f"{path}:{source.line_of(text, match.start())}: co_await {fault}: give it a statement of its own"


GOOD = ["co_await f(a);", "}\nTask<> C::run([[maybe_unused]] P self) {\n  co_await f();",
        "for (const auto& [key, value] : all) {\n co_await f(value); }", "if (a[i]) {\n co_await f(); }", "auto x = co_await f(std::move(b));", "const Result<int> r = co_await f(a, *b);",
        "if (ok) {\n co_await f();\n}", "spawn(loop, [](Node& node) -> Task<void> { co_await node.run(); }(node));"]
BAD = ["co_await f(Options{a, b});", "co_await f({a});", "co_await f([copy] { g(copy); });", "if (co_await f()) {}",
       "while (co_await f()) {}", "if (x) co_await f();", "return g(co_await f());", "Agg g{co_await x(), co_await y()};",
       "auto x = co_await f() ? 1 : 2;", "auto x = co_await f(co_await g());", "co_return co_await f();",
       "spawn(loop, [this]() -> Task<void> { co_await run(); });"]


def check_itself():
    for body in GOOD:
        assert not list(problems_in("good.cc", f"Task<void> t() {{ {body} }}")), body
    for body in BAD:
        assert list(problems_in("bad.cc", f"Task<void> t() {{ {body} }}")), body


def main():
    check_itself()
    problems = []
    for file in source.files(".h", ".cc"):
        problems += problems_in(file.relative_to(source.ROOT).as_posix(), file.read_text(encoding="utf-8"))
    return source.report(problems)


if __name__ == "__main__":
    sys.exit(main())
