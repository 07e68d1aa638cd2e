"""British and American spellings are one word, and words that only look so are left."""

from __future__ import annotations

import pytest

from polysense.read.language.spelling import american
from polysense.read.language.stems import stem

PAIRS = (
    "colour color, colours colors, discoloured discolored, behavioural behavioral, neighbour neighbor,"
    " favourite favorite, savoury savory, centre center, kilometres kilometers, theatre theater,"
    " licence license, defences defenses, licencing licensing, practised practiced,"
    " catalogue catalog, cataloguing cataloging, dialogue dialog, analyse analyze,"
    " paralysed paralyzed, enrol enroll, fulfilment fulfillment, programme program,"
    " grey gray, aluminium aluminum, jewellery jewelry, mouldy moldy, ploughed plowed,"
    " sulphuric sulfuric, manoeuvres maneuvers, encyclopaedia encyclopedia, anaemia anemia,"
    " paediatric pediatric, foetus fetus, tyres tires, ageing aging, travelling traveling,"
    " organisation organization, labelled labeled"
)


@pytest.mark.parametrize("pair", PAIRS.split(", "))
def test_both_spellings_have_one_stem(pair: str) -> None:
    british, american_one = pair.split()
    assert stem(british) == stem(american_one)


LOOK_ALIKES = (
    "hour four flour contour tour pour sour your glamour acre genre ogre more here where fire core fence"
    " science absence presence league vogue tongue basis analysis control until meter center grebe"
)


@pytest.mark.parametrize("word", LOOK_ALIKES.split())
def test_words_that_only_look_so_stay(word: str) -> None:
    assert american(word) == word
