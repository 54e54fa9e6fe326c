"""Texts that match a pattern: drawn from Python's own reading of the regular expression."""

import re
import warnings
from re import _constants as sre
from re import _parser as parser

CLASSES = [
    (r"\p{L}", "a-zA-Z"), (r"\p{N}", "0-9"), (r"\p{Nd}", "0-9"), (r"\p{Z}", " "), (r"\p{P}", "!-/"),
    (r"\p{S}", "+"), (r"\p{M}", "a"), (r"\p{Alpha}", "a-zA-Z"), (r"\p{Alnum}", "a-zA-Z0-9"),
    (r"\p{Digit}", "0-9"), (r"\p{Graph}", "!-~"), (r"\p{Print}", " -~"), (r"\p{ASCII}", " -~"),
]


def pattern_text(rng, pattern, least, most):
    """A text of at least and at most so many characters that matches the whole pattern; None when none is found."""
    for java, python in CLASSES:
        pattern = pattern.replace(java, python if "[" in pattern else f"[{python}]")
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            tree, whole = parser.parse(pattern), re.compile(pattern)
    except (re.error, OverflowError):
        return None
    for attempt in range(40):
        text = draw(rng, tree, least if attempt % 2 else 0)
        if text is not None and least <= len(text) <= most and whole.fullmatch(text):
            return text
    return None


def draw(rng, tree, wish):
    """A text of the pattern; a repetition is made about as long as wished."""
    made = []
    for kind, value in tree:
        if kind is sre.LITERAL:
            made.append(chr(value))
        elif kind in (sre.ANY, sre.CATEGORY):
            made.append("a")
        elif kind is sre.NOT_LITERAL:
            made.append("b" if value == ord("a") else "a")
        elif kind is sre.IN:
            made.append(one_of(rng, value))
        elif kind in (sre.MAX_REPEAT, sre.MIN_REPEAT, sre.POSSESSIVE_REPEAT):
            low, high, inner = value
            high = min(int(high), max(int(low), wish) + 2)
            made += [draw(rng, inner, 0) or "" for _ in range(rng.randint(max(int(low), min(wish, high)), high))]
        elif kind is sre.SUBPATTERN:
            made.append(draw(rng, value[3], wish) or "")
        elif kind is sre.BRANCH:
            made.append(draw(rng, rng.choice(value[1]), wish) or "")
        elif kind is not sre.AT and kind not in (sre.ASSERT, sre.ASSERT_NOT):
            return None
    return "".join(made)


def one_of(rng, choices):
    """A character of a class."""
    if choices[0][0] is sre.NEGATE:
        for letter in "aZ0 -_/:.@é":
            if re.fullmatch(_class(choices), letter):
                return letter
        return "a"
    kind, value = rng.choice(choices)
    if kind is sre.LITERAL:
        return chr(value)
    if kind is sre.RANGE:
        return chr(rng.randint(value[0], min(value[1], max(value[0], 0x17F))))
    return {sre.CATEGORY_DIGIT: "7", sre.CATEGORY_SPACE: " ", sre.CATEGORY_NOT_SPACE: "x"}.get(value, "w")


def _class(choices):
    parts = []
    for kind, value in choices[1:]:
        if kind is sre.LITERAL:
            parts.append(re.escape(chr(value)))
        elif kind is sre.RANGE:
            parts.append(f"{re.escape(chr(value[0]))}-{re.escape(chr(value[1]))}")
        elif value is sre.CATEGORY_SPACE:
            parts.append(r"\s")
        elif value is sre.CATEGORY_DIGIT:
            parts.append(r"\d")
        elif value is sre.CATEGORY_WORD:
            parts.append(r"\w")
    return f"[^{''.join(parts)}]"
