"""Which of many headlines copy an earlier one, in some ten microseconds each.

Two sets that have so great a share in common have two of their few rarest members in common: only
texts that do are compared, each with the latest 16 of them. Bayardo, Ma and Srikant (2007),
"Scaling up all pairs similarity search", WWW; Wang, Li and Feng (2012), "Can we beat the prefix
filtering?", SIGMOD.
"""

from __future__ import annotations

from array import array
from collections.abc import Iterator, Sequence
from itertools import combinations, groupby
from operator import itemgetter
from typing import Final, NamedTuple
from zlib import crc32

import numpy as np
import numpy.typing as npt

from signals.errors import ConfigError

Integers = npt.NDArray[np.int64]
Words = npt.NDArray[np.uint64]
Booleans = npt.NDArray[np.bool_]

_MOST_PAIRS: Final = 40  # of words that are read of a text: more than any headline has
_CHUNK: Final = 1 << 16  # texts that are read at once: their numbers take 16 bits
_COUNTED: Final = 22  # bits of a hash by which its frequency is counted
_RARE: Final = (1 << 16) - 1  # up to here frequencies are told apart
_FURTHEST: Final = 16  # texts of one mark that a text is compared with: the latest before it
_COMPARED: Final = 1 << 18  # pairs of texts that are compared at once
_HASHED = np.uint64(48)  # bits below the number of a text
_NUMBER, _ALL_NUMBERS = np.uint64(28), np.uint64((1 << 28) - 1)
_MULTIPLIERS = np.array([0x9E3779B97F4A7C15, 0xC2B2AE3D27D4EB4F], dtype=np.uint64)


class _Sets(NamedTuple):
    """The pairs of words of each text, as hashes, the rarest first.

    Attributes
    ----------
    members, starts
        Those of text i are ``members[starts[i] : starts[i + 1]]``, each once.
    sizes
        How many they are.
    bits
        For each text 64 bits: one is set where a member has its number.
    """

    members: npt.NDArray[np.uint32]
    starts: Integers
    sizes: Integers
    bits: Words


def near_copies(texts: Sequence[str], *, similarity: float = 0.7) -> list[int]:
    """Find the first of the texts that each one nearly copies.

    A text is compared with texts before it alone; what comes later changes nothing. One that
    copies a copy and not its model is no copy.

    Parameters
    ----------
    texts
        Headlines or short texts, in the order in which they became known.
    similarity
        Share of all pairs of neighbouring words that two texts have in common (Jaccard), above
        0.5. Of a text the first 40 pairs are read.

    Returns
    -------
    list of int
        For each text the place of the earliest one that it copies; its own place when none does.

    Raises
    ------
    ConfigError
        ``similarity`` is 0.5 or less, or above 1.
    """
    if not 0.5 < similarity <= 1.0:
        raise ConfigError(f"similarity lies above 0.5 and up to 1; got {similarity!r}.")
    small = [text.lower() for text in texts]
    place_of: dict[str, int] = {}
    for place, text in enumerate(small):
        place_of.setdefault(text, place)
    places = list(place_of.values())  # of each text that is written anew
    sets = _sets([small[place] for place in places])
    later, earlier = [np.empty(0, np.int64)], [np.empty(0, np.int64)]
    for one, other in _candidates(sets, similarity):
        alike = _shares(sets, one, other) >= similarity
        later.append(one[alike])
        earlier.append(other[alike])
    first = _first(sets, np.concatenate(later), np.concatenate(earlier), similarity)
    model_of = {small[place]: places[one] for place, one in zip(places, first, strict=True)}
    return [model_of[text] for text in small]


def _sets(texts: Sequence[str]) -> _Sets:
    """Hash the pairs of words of each text."""
    read = [_read(texts[start : start + _CHUNK]) for start in range(0, len(texts), _CHUNK)]
    counts = np.zeros(1 << _COUNTED, np.int64)
    for keys in read:
        counts += np.bincount(_bucket(keys), minlength=1 << _COUNTED)
    ranked = [_by_rarity(keys, counts) for keys in read]
    sizes = [np.bincount((one >> _HASHED).view(np.int64), minlength=_CHUNK) for one in ranked]
    members = np.concatenate([np.empty(0, np.uint32), *(one.astype(np.uint32) for one in ranked)])
    size = np.concatenate([np.empty(0, np.int64), *sizes])[: len(texts)]
    starts = np.concatenate([[0], np.cumsum(size)])
    bits = np.zeros(len(texts), np.uint64)
    full = np.flatnonzero(size)
    if len(full):
        single = np.uint64(1) << (members & np.uint32(63)).astype(np.uint64)
        bits[full] = np.bitwise_or.reduceat(single, starts[full])
    return _Sets(members, starts, size, bits)


def _read(texts: Sequence[str]) -> Words:
    """Give the pairs of words of some texts: the text's number, and 32 bits of hash."""
    hashes = array("I")  # no list of lists, which the collector of cycles would look through
    sizes = array("I")
    for text in texts:
        pairs = _word_pairs(text)[:_MOST_PAIRS]
        hashes.extend(pairs)
        sizes.append(len(pairs))
    numbers = np.repeat(np.arange(len(texts), dtype=np.uint64), np.frombuffer(sizes, np.uint32))
    return (numbers << np.uint64(32)) | np.frombuffer(hashes, np.uint32)


def _word_pairs(text: str) -> list[int]:
    """Hash every pair of neighbouring words; of a text of one word that word."""
    tokens = text.lower().encode("utf-8", "replace").split()
    alone = list(map(crc32, tokens))
    return list(map(crc32, tokens[1:], alone)) or alone


def _bucket(keys: Words) -> Integers:
    return (keys & np.uint64((1 << _COUNTED) - 1)).view(np.int64)


def _by_rarity(keys: Words, counts: Integers) -> Words:
    """Sort by text, by frequency among all, and by hash: the number, 16 and 32 bits."""
    frequent = np.minimum(counts[_bucket(keys)], _RARE).view(np.uint64)
    ranked = (keys >> np.uint64(32) << _HASHED) | (frequent << np.uint64(32))
    ranked |= keys & np.uint64(0xFFFFFFFF)
    ranked.sort()
    return ranked[np.append(True, ranked[1:] != ranked[:-1])] if len(ranked) else ranked


def _candidates(sets: _Sets, similarity: float) -> Iterator[tuple[Integers, Integers]]:
    """Give texts that share two of their rarest members, the later and the earlier one."""
    keys = np.concatenate([np.empty(0, np.uint64), *_marks(sets, similarity)])
    keys.sort()
    marks, numbers = keys >> _NUMBER, (keys & _ALL_NUMBERS).view(np.int64)
    places = np.flatnonzero(marks[1:] == marks[:-1]) + 1
    for back in range(1, _FURTHEST + 1):
        places = places[places >= back]
        places = places[marks[places] == marks[places - back]]
        if not len(places):
            return
        one, other = numbers[places], numbers[places - back]
        # So many members may be in one of the two alone, at most.
        alone = (sets.sizes[one] + sets.sizes[other]) * (1 - similarity) / (1 + similarity)
        near = np.bitwise_count(sets.bits[one] ^ sets.bits[other]) <= alone + 1e-9
        pairs = np.unique((one[near] << 32) | other[near])
        for start in range(0, len(pairs), _COMPARED):
            part = pairs[start : start + _COMPARED]
            yield part >> 32, part & 0xFFFFFFFF


def _marks(sets: _Sets, similarity: float) -> Iterator[Words]:
    """Hash every two of the rarest members of each text: the hash, and the text's number."""
    sizes = sets.sizes
    rare = np.minimum(sizes, sizes - np.ceil(similarity * sizes - 1e-9).astype(np.int64) + 2)
    # The only member of a text stands for two.
    for first, second in [(0, 0), *combinations(range(int(rare.max(initial=0))), 2)]:
        texts = np.flatnonzero(sizes == 1 if second == 0 else rare > second)
        begins = sets.starts[texts]
        mark = sets.members[begins + first].astype(np.uint64) * _MULTIPLIERS[0]
        mark ^= sets.members[begins + second].astype(np.uint64) * _MULTIPLIERS[1]
        yield ((mark >> np.uint64(20)) << _NUMBER) | texts.view(np.uint64)


def _shares(sets: _Sets, one: Integers, other: Integers) -> npt.NDArray[np.float64]:
    """Give the Jaccard similarity of each two texts."""
    keys = np.concatenate([_keyed(sets, one), _keyed(sets, other)])
    keys.sort()
    twice = keys[1:][keys[1:] == keys[:-1]] >> np.uint64(32)
    shared = np.bincount(twice.view(np.int64), minlength=len(one))
    sizes = sets.sizes
    return shared / (sizes[one] + sizes[other] - shared)


def _keyed(sets: _Sets, texts: Integers) -> Words:
    """Give the members of texts, each with the place of its text among these."""
    sizes = sets.sizes[texts]
    places = np.repeat(np.arange(len(texts), dtype=np.uint64), sizes)
    begins = np.repeat(sets.starts[texts] - (np.cumsum(sizes) - sizes), sizes)
    members = sets.members[begins + np.arange(len(begins))].astype(np.uint64)
    return (places << np.uint64(32)) | members


def _first(sets: _Sets, later: Integers, earlier: Integers, similarity: float) -> list[int]:
    """Tell of each text its model, in their order, from pairs of texts that are alike."""
    first = list(range(len(sets.sizes)))
    order = np.lexsort((earlier, later))
    pairs = zip(later[order].tolist(), earlier[order].tolist(), strict=True)
    for text, group in groupby(pairs, key=itemgetter(0)):
        alike = {other for _, other in group}
        # What a like text copies may be alike too, though too many stand between.
        for model in sorted({first[other] for other in alike}):
            if model in alike or _share(sets, text, model) >= similarity:
                first[text] = model
                break
    return first


def _share(sets: _Sets, one: int, other: int) -> float:
    mine, theirs = (
        set(sets.members[sets.starts[text] : sets.starts[text + 1]].tolist())
        for text in (one, other)
    )
    return len(mine & theirs) / (len(mine | theirs) or 1)
