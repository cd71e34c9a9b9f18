"""Words that count heads: only code counts voices (protocol.md, The verdict). Pure."""

from __future__ import annotations

import re

_HEADS = re.compile(
    r"\b(?:(?:all|both|each|most|none|many|several|two|three|four|five|six|seven|eight|nine|half|\d)\s(?:of\s)?"
    r"(?:the\s|these\s|our\s)?(?:\w+\s)?(?:voices?|advisors?|advisers?|debaters?|personas?|panelists?|speakers?|sides)|"
    r"(?:all|both|everyone|everybody|nobody|no one|most|none)(?:\sof\s(?:them|the\scouncil|those\sheard))?"
    r"(?:\s(?:two|three|four|five|six|seven|eight|nine|\d))?\s"
    r"(?:\w+ly\s)?(?:agree|agrees|agreed|concur|concurs|concurred|disputes?|disputed|objects?|objected|disagrees?|dissents?)|"
    r"(?:the\s)?(?:whole\s)?(?:council|panel)\s(?:\w+ly\s)?(?:agrees?|agreed|concurs?|decided|is\sunited|was\sunited)|"
    r"(?:\w+|\d)\s(?:out\s)?of\s(?:the\s)?(?:two|three|four|five|six|seven|eight|nine|\d)\s(?:\w+\s)?"
    r"(?:voices?|advisors?|advisers?|agree|agreed|hold|favou?r|say|said)|"
    r"unanimous(?:ly)?|unanimity|consensus|(?:the\s)?majority|"
    r"alle (?:vier|stimmen|berater)|einstimmig|einhellig|sind sich einig|unanime(?:ment|mente)?|por unanimidad|"
    r"tous (?:les )?(?:quatre|conseillers)|todos (?:los )?(?:cuatro|consejeros))\b|"
    r"全員(?:一致|が(?:同意|賛成))|満場一致|四人とも|بالإجماع|اتفق الجميع|一致同意",
    re.IGNORECASE,
)


def counts_heads(text: str) -> str:
    """The words in the text that say how many voices agree; empty where there are none."""
    found = _HEADS.search(text)
    return found[0] if found else ""
