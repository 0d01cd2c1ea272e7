"""Text → spans of sentences and of chunks.

Sentences come from sentencex, run line by line: over a whole article one quotation that never
closes swallows everything after it. Chunks are runs of whole sentences, merged by LangChain's
splitter, which is given pieces that know their places: its own ``start_index`` is a guess
(``str.find``), and a search for the chunk's text mistakes one of two equal sentences for the
other. Nothing here knows a model:
the caller hands in how tokens are counted.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import lru_cache

from rag.errors import ChunkSettingInvalid

Span = tuple[int, int]
"""A half-open interval of character positions."""

MAX_SENTENCE_CHARACTERS = 400
"""What is longer is divided: a citation is meant to be read at a glance."""

_LONGEST_STRETCH = 8_000
"""In characters, of what sentencex is given at once: it takes time with the square of the quotation
marks that never close, 3.4 s for 100,000 of them."""

# Where a sentence that is too long is divided, the first that fits wins.
_BREAKS = (
    re.compile(r"""(?<=[.!?…])["'”’)\]]*\s+"""),
    re.compile(r"[;:]\s+|\s+[–—-]{1,2}\s+"),
    re.compile(r",\s+"),
    re.compile(r"\s+"),
)
_STOP = re.compile(r"""[.!?…。]["'”’)\]]*\s""")


@lru_cache(maxsize=512)
def sentence_spans(text: str, language: str = "en") -> tuple[Span, ...]:
    """Text → the spans of its sentences, in order, without surrounding white space.

    Every character outside the spans is white space. No span crosses a line break or is longer
    than 400 characters.
    """
    spans: list[Span] = []
    for line in re.finditer(r"[^\n]+", text):
        if not line.group().isspace():
            spans.extend(_line_sentences(line.group(), line.start(), language))
    return tuple(spans)


def _line_sentences(line: str, offset: int, language: str) -> Iterable[Span]:
    import sentencex

    position = 0
    for stretch in _stretches(line):
        for piece in sentencex.segment(language, stretch):
            # Placed by walking: segment() joins to exactly the text, its own offsets are no help.
            end = position + len(piece)
            yield from _divide(line, offset, position, end)
            position = end
    if position != len(line):
        raise AssertionError(f"Sentences end at {position}, their line at {len(line)}.")


def _stretches(line: str) -> Iterator[str]:
    """A line → itself, or several where it is very long, divided after a stop if there is one."""
    start = 0
    while len(line) - start > _LONGEST_STRETCH:
        limit = start + _LONGEST_STRETCH
        stops = [match.end() for match in _STOP.finditer(line, limit - 1_000, limit)]
        end = stops[-1] if stops else limit
        yield line[start:end]
        start = end
    yield line[start:]


def _divide(line: str, offset: int, start: int, end: int) -> Iterable[Span]:
    start, end = _strip(line, start, end)
    while end - start > MAX_SENTENCE_CHARACTERS:
        cut = _break(line, start, start + MAX_SENTENCE_CHARACTERS)
        left, right = _strip(line, start, cut)
        yield offset + left, offset + right
        start, end = _strip(line, cut, end)
    if start < end:
        yield offset + start, offset + end


def _break(line: str, start: int, limit: int) -> int:
    """The last place at or before ``limit`` where the line may be divided."""
    for pattern in _BREAKS:
        ends = [m.end() for m in pattern.finditer(line, start + 1, limit) if m.end() < limit]
        # A break in the first quarter would leave a crumb.
        ends = [e for e in ends if e - start > MAX_SENTENCE_CHARACTERS // 4]
        if ends:
            return ends[-1]
    return limit


def _strip(text: str, start: int, end: int) -> Span:
    while start < end and text[start].isspace():
        start += 1
    while end > start and text[end - 1].isspace():
        end -= 1
    return start, end


def chunk_spans(
    text: str,
    sentences: Sequence[Span],
    count_tokens: Callable[[str], int],
    *,
    chunk_tokens: int,
    overlap_tokens: int,
) -> list[Span]:
    """Sentences → the spans of chunks of at most ``chunk_tokens`` tokens, in order.

    Chunks begin and end with sentences, except where one sentence alone is too long. Each
    overlaps the one before by at most ``overlap_tokens``; together they cover every sentence.

    Raises ChunkSettingInvalid where the overlap is not below the chunk size.
    """
    check_chunk_settings(chunk_tokens, overlap_tokens)
    pieces = _pieces(text, sentences, count_tokens, chunk_tokens)
    if not pieces:
        return []
    spans = _merge(text, pieces, count_tokens, chunk_tokens, overlap_tokens)
    return [s for span in spans for s in _fit(text, span, count_tokens, chunk_tokens)]


def check_chunk_settings(chunk_tokens: int, overlap_tokens: int) -> None:
    """Raises ChunkSettingInvalid where chunk size or overlap cannot be."""
    if chunk_tokens < 16:
        raise ChunkSettingInvalid(
            f"Chunk size {chunk_tokens} tokens is below 16; raise `chunk_tokens`."
        )
    if not 0 <= overlap_tokens < chunk_tokens:
        raise ChunkSettingInvalid(
            f"Chunk overlap {overlap_tokens} is not between 0 and chunk size {chunk_tokens}; "
            "lower `chunk_overlap_tokens`."
        )


def _pieces(
    text: str, sentences: Sequence[Span], count_tokens: Callable[[str], int], limit: int
) -> list[Span]:
    """Sentences with the white space after each, none longer than ``limit`` tokens."""
    pieces: list[Span] = []
    for i, (start, end) in enumerate(sentences):
        following = sentences[i + 1][0] if i + 1 < len(sentences) else end
        halves = _fit(text, (start, end), count_tokens, limit)
        pieces.extend(halves[:-1])
        pieces.append((halves[-1][0], following))
    return pieces


def _fit(text: str, span: Span, count_tokens: Callable[[str], int], limit: int) -> list[Span]:
    """The span, halved (at white space if there is some) until each part fits the limit."""
    start, end = span
    if end - start < 2 or count_tokens(text[start:end]) <= limit:
        return [span]
    middle = (start + end) // 2
    gaps = [m.start() for m in re.finditer(r"\s", text[start + 1 : end - 1])]
    cut = start + 1 + min(gaps, key=lambda g: abs(start + 1 + g - middle)) if gaps else middle
    left, right = _strip(text, start, cut), _strip(text, cut, end)
    return _fit(text, left, count_tokens, limit) + _fit(text, right, count_tokens, limit)


class _Piece(str):
    """A sentence with the white space after it, which knows its place."""

    span: Span


def _merge(
    text: str,
    pieces: Sequence[Span],
    count_tokens: Callable[[str], int],
    chunk_tokens: int,
    overlap_tokens: int,
) -> list[Span]:
    """Neighbouring pieces → spans of chunks, by LangChain's merging. Its chunks are strings; the
    pieces it joins carry their places, so that equal sentences cannot be taken for each other.
    """
    from langchain_text_splitters import TextSplitter

    spans: list[Span] = []

    class SentenceSplitter(TextSplitter):
        """LangChain's merging, fed with sentences."""

        def split_text(self, text: str) -> list[str]:
            return self._merge_splits([_piece(text, span) for span in pieces], "")

        def _join_docs(self, docs: list[str], separator: str) -> str | None:
            first, last = docs[0], docs[-1]
            if not isinstance(first, _Piece) or not isinstance(last, _Piece):
                raise AssertionError("The splitter joined what it was not given.")
            spans.append(_strip(text, first.span[0], last.span[1]))
            return super()._join_docs(docs, separator)

    counts = {"": 0}  # the splitter asks for the same piece several times

    def length(piece: str) -> int:
        key = str(piece)
        if key not in counts:
            counts[key] = count_tokens(key)
        return counts[key]

    splitter = SentenceSplitter(
        chunk_size=chunk_tokens, chunk_overlap=overlap_tokens, length_function=length
    )
    chunks = splitter.split_text(text)
    if [text[a:b] for a, b in spans] != chunks:
        raise AssertionError("The chunks do not stand where their sentences do.")
    return spans


def _piece(text: str, span: Span) -> _Piece:
    piece = _Piece(text[span[0] : span[1]])
    piece.span = span
    return piece
