"""The elements of a page. All text that comes in is escaped."""

import dataclasses
import html
from collections.abc import Iterable, Sequence


@dataclasses.dataclass(frozen=True)
class Column:
    """A column of a table.

    Attributes:
      heading: The heading.
      kind: "number" is aligned to the right, "short" stays in one line, "hash" is small, and "text" is wrapped.
    """

    heading: str
    kind: str = "number"


def escaped(text: object) -> str:
    """Returns a text for a page, without the meaning that its letters have in HTML.

    Letters that cannot be printed, such as those that turn the direction of a line, are replaced.
    """
    plain = "".join(letter if letter.isprintable() or letter in "\n\t" else "\ufffd" for letter in str(text))
    return html.escape(plain)


def paragraph(text: str, style: str = "") -> str:
    """Returns a paragraph, or nothing if there is no text."""
    return f"<p{_class(style)}>{escaped(text)}</p>" if text else ""


def table(
    caption: str, columns: Sequence[Column], rows: Iterable[Sequence[str]], row_styles: Sequence[str] = ()
) -> str:
    """Returns a table in a box that scrolls, or nothing if there are no rows.

    A column with a heading that contains only dashes is left out, unless it is the first.
    """
    rows = [list(row) for row in rows]
    if not rows:
        return ""
    kept = [j for j in range(len(columns)) if j == 0 or any(row[j] not in ("", "–") for row in rows)]
    heads = "".join(f'<th scope="col"{_class(columns[j].kind)}>{escaped(columns[j].heading)}</th>' for j in kept)
    lines = []
    for i, row in enumerate(rows):
        cells = [f'<th scope="row"{_class(columns[0].kind)}>{_cell(row[0])}</th>']
        cells += [f"<td{_class(columns[j].kind)}>{_cell(row[j])}</td>" for j in kept[1:]]
        lines.append(f"<tr{_class(row_styles[i] if row_styles else '')}>{''.join(cells)}</tr>")
    return (
        # The caption does not scroll with the table.
        f'<div class="table"><p class="caption">{escaped(caption)}</p>'
        f'<div class="scroll" tabindex="0" role="region" aria-label="{escaped(caption)}"><table>'
        f"<thead><tr>{heads}</tr></thead>"
        f"<tbody>{''.join(lines)}</tbody></table></div></div>"
    )


class Markup(str):
    """A text that is HTML already."""


def tagged(text: str, tag: str) -> Markup:
    """Returns a text with a small label behind it."""
    return Markup(f'{escaped(text)} <span class="tag">{escaped(tag)}</span>')


def with_reason(text: str, reason: str) -> Markup:
    """Returns a text with a reason in the line below it."""
    return Markup(f'{escaped(text)}<span class="reason">{escaped(reason)}</span>')


def figure(number: int, svg: str, caption: str) -> str:
    """Returns a figure in a box that scrolls, with its number and caption."""
    return (
        f'<figure><div class="scroll" tabindex="0" role="region" aria-label="Figure {number}">{svg}</div>'
        f"<figcaption><b>Figure {number}.</b> {escaped(caption)}</figcaption></figure>"
    )


def code(heading: str, text: str) -> str:
    """Returns code with its heading."""
    return f'<h3>{escaped(heading)}</h3><pre tabindex="0"><code>{escaped(text.strip(chr(10)))}</code></pre>'


def warning_list(sentences: Iterable[str]) -> str:
    """Returns a list of warnings, or nothing if there are none."""
    items = "".join(f"<li>{escaped(sentence)}</li>" for sentence in sentences)
    return f'<ul class="warnings">{items}</ul>' if items else ""


def facts(pairs: Iterable[tuple[str, str]]) -> str:
    """Returns the most important facts (name, value) in a row of boxes."""
    return (
        '<dl class="facts">'
        + "".join(f"<div><dt>{escaped(name)}</dt><dd>{escaped(value)}</dd></div>" for name, value in pairs)
        + "</dl>"
    )


def side_by_side(*parts: str) -> str:
    """Returns parts beside each other where there is room."""
    return f'<div class="side">{"".join(parts)}</div>' if any(parts) else ""


def section(name: str, heading: str, *parts: str) -> str:
    """Returns a section with its heading."""
    return f'<section id="{name}"><h2>{escaped(heading)}</h2>{"".join(parts)}</section>'


def _cell(text: str) -> str:
    return text if isinstance(text, Markup) else escaped(text)


def _class(name: str) -> str:
    return f' class="{name}"' if name else ""
