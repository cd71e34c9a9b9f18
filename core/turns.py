"""The words that turn what stands beside them: they deny it, doubt it, or tie it to a condition. Pure.

A quote that loses one says what nobody said (protocol.md, Quotes). Generous on purpose: a word too many shows a
sentence whole, a word too few publishes half of one.
"""

from __future__ import annotations

import functools
import re
import unicodedata

_WORDS = r"""
\w+n't|(?:ai|are|ca|could|did|does?|had|has|have|is|must|need|should|was|were|wo|would)nt|
not|cannot|no|nor|none|never|nobody|nothing|nowhere|neither|without|hardly|scarcely|barely|rarely|seldom|few|little|
myths?|falsely|false|untrue|wrong(?:ly)?|mistaken\w*|mistakes?|nonsense|lies?|illusions?|doubt\w*|den(?:y|ies|ied)|
unlikely|impossible|refus\w+|fail\w*|avoid\w*|against|claim\w*|pretend\w*|alleged\w*|suppos\w+|
unless|only|but|except\w*|if|when|whenever|whether|provided|providing|assuming|though|although|otherwise|until|till|
however|while|whereas|once|lest|despite|instead|long\ as|far\ from|
kein\w*|nicht\w*|nie|niemals|niemand\w*|weder|noch|kaum|ohne|ausser\w*|wenn|falls|sofern|solange|nur|aber|doch|sondern|
bis|obwohl|sonst|
ne|n'\w+|pas|jamais|rien|aucun\w*|personne|guere|sans|sauf|si|mais|seulement|moins|quand|lorsqu\w+|pourvu|sinon|
nunca|jamas|nadie|nada|ningun\w*|tampoco|sin|salvo|pero|solo|excepto|cuando|aunque|sino|hasta|
nao|nem|sem|se|mas|exceto|ninguem|nenhum\w*|
non|mai|senza|ma|nessun\w*|tranne|neanche|
niet|geen|niets|nooit|zonder|maar|tenzij|als|alleen|behalve|
inte|ej|ikke|ingen|aldrig|utan|uten|uden|om|hvis|men|bara|
nie|nigdy|bez|chyba|jesli|tylko|ale|
degil|yok|asla|eger|ama|sadece|
не|ни|нет|никогда|никто|ничего|нельзя|без|кроме|если|только|но|пока|вряд|
[وف]?(?:لا|لم|لن|ا?ليس\w*|ما|الا|اذا|لو|لكن|دون|بدون|غير|سوى|حتى|فقط|مالم)|
[וש]?(?:לא|אין|אם|בלי|אלא|רק|אבל)
"""
_PIECES = (  # of scripts without spaces, or whose words take endings
    "ない|なく|なけれ|なかっ|ません|ず|ぬ|限り|なら|れば|たら|とき|場合|しか|だけ|のみ|以外|けれど|けど|しかし|間違|誤|嘘|無理|"
    "不|没|沒|别|別|无|無|非|未|莫|勿|除|如果|假如|若|只|仅|僅|但|否|虽|雖|直到|错|錯|"
    "않|없|못|아니|안 |말고|만약|지만|제외|경우|"
    "ไม่|อย่า|ยกเว้น|ถ้า|หาก|แต่|เว้น|"
    "नहीं|मत|बिना|अगर|यदि|लेकिन|सिवाय"
)
_ACCENTS = re.compile("[\u0300-\u036f\u064b-\u065f\u0670\u0640]")


@functools.cache
def _turn() -> re.Pattern[str]:
    """Made with first use: browsing seldom needs it, and it takes some 2 ms."""
    return re.compile(rf"\b(?:{''.join(_WORDS.split(chr(10)))})\b|{_PIECES}")


def turns(folded: str) -> list[str]:
    """Those of a text that has been folded (`quotes.fold`), in order; accents and vowel signs do not count."""
    bare = _ACCENTS.sub("", unicodedata.normalize("NFD", folded))
    return _turn().findall(unicodedata.normalize("NFC", bare))
