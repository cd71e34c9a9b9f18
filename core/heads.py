"""Words that count heads: how many voices hold a thing. Only code says that (protocol.md, The verdict). Pure.

Three things count: a quantity of voices ("three of the advisors"), a bare quantity before a verb of saying or holding
("all four recommend"), the score of a vote ("3-1"). Quantities of other things do not ("most teams"), nor does what
is only supposed ("if all agree, move").
"""

from __future__ import annotations

import re
import unicodedata

_N = "two|three|four|five|six|seven|eight|nine|ten"
_VOICES = r"(?:voices?|advis[oe]rs?|debaters?|personas?|panell?ists?|speakers?|councill?ors?|members\sof\sthe\scouncil)"
_OF_N = rf"(?:all|{_N}|\d|one|most|none|half)\s(?:out\s)?of\s(?:the\s|these\s|those\s|our\s)?(?:other\s)?(?:{_N}|\d)"
_MANY = (  # a bare quantity that takes a verb in the plural
    rf"(?:{_OF_N}|all\sbut\s(?:one|{_N}|\d)|(?:all|the\sother|the\sremaining|other|only|just|at\sleast)\s(?:{_N}|"
    rf"\d)|{_N}|\d|all\sof\sthem|both\sof\sthem|"
    rf"all|most|none|half|the\srest|(?:the\s)?others|(?:both|all)\ssides|they\sall|(?:the|a)\s(?:majority|minority))"
)
_EACH = r"(?:everyone|everybody|nobody|no[\s-]one|none|each\sof\sthem|(?:the|a)\s(?:majority|minority))"
_ADVERB = r"(?:(?:\w+ly|also|all|still|now|even|do|does|did|have|has|had|would|will|not|never)\s){0,3}"
# Verbs that only voices have; those that things have too ("both support batching") or that are nouns need an object.
_HOLD = (
    r"(?:recommend|favou?r|oppose|prefer|agree|concur|dissent|disagree|endorse|advise|urge|insist|concede|conclude|"
    r"contend|"
    r"argue|believe|think)"
)
_HELD = (
    r"(?:agreed|concurred|dissented|disagreed|argued|advised|urged|insisted|conceded|concluded|contended|believed|"
    r"thought|"
    r"said|favou?red|endorsed)"
)
_HOLDS = (
    r"(?:recommends|favou?rs|opposes|prefers|agrees|concurs|dissents|disagrees|endorses|advises|urges|insists|argues|"
    r"disputes|objects|contests|backs|supports|rejects)"
)
_LEAN = (
    r"(?:want|back|support|hold|say|accept|reject|object|dispute|contest|doubt|vote|warn|side|see|find|wanted|backed|"
    r"supported|held|accepted|rejected|objected|disputed|contested|doubted|voted|warned|sided|recommended|opposed|"
    r"preferred|"
    r"supports?)"
)
_OBJECT = (
    r"(?=\s(?:that|the|an?|it|this|these|those|you|your|yes|no|to|for|against|with|on|in|neither|either|both|option|"
    r"(?-i:[A-Z])\w*|[\w-]{1,30}ing)\b|\s?[.,;:!?)]|\s?\Z)"
)

_ENGLISH_VOICES = re.compile(
    rf"\b(?:{_OF_N}|all|both|each|every|no|none|nobody|most|many|several|few|half|everyone|everybody|no[\s-]one|"
    rf"(?:only|just)\sone|"
    rf"one|a\ssingle|{_N}|\d|the\sother|the\sremaining|(?:the|a)\s(?:majority|minority))\s"
    rf"(?:of\s|from\s)?(?:the\s|these\s|those\s|our\s|your\s)?(?:(?:other|remaining|{_N}|\d)\s){{0,2}}{_VOICES}\b|"
    rf"\b(?:{_OF_N}|all|both|most|none|many|half|everyone|everybody|nobody|no[\s-]one|one|majority|minority|{_N}|"
    rf"\d)\s"
    r"(?:of|on|in|at|from)\s(?:the|this|your)\s(?:whole\s|entire\s)?(?:council|panel)\b|\bthe\s(?:whole|"
    r"entire)\s(?:council|panel)\b|"
    rf"\b(?:council|panel|voices|advis[oe]rs|debaters|panelists)\s{_ADVERB}(?:{_HOLDS}|{_HOLD}|{_HELD}|"
    rf"{_LEAN}{_OBJECT}|wants|"
    r"decided|decides|votes|(?:is|are|was|were)\s(?:\w+ly\s)?(?:united|split|divided|agreed|unanimous|in\sagreement|"
    r"of\sone\smind))\b|"
    r"\bunanim(?:ous|ously|ity)\b|\bby\sgeneral\sconsent\b|"
    r"\b(?:is|was|broad|full|clear|general|a|the)\sconsensus(?=\s(?:is|was|that|on|among|of\sthe)\b|\s?[.,;:!?]|"
    r"\s?\Z)|"
    r"\b(?:the|a)\s(?:majority|minority)(?=\s(?:view|opinion|position|vote|is|was|of\sthem)\b|\s?[.,;:!?]|\s?\Z)",
    re.IGNORECASE,
)
_ENGLISH_HOLDING = re.compile(
    rf"\b(?:{_MANY}\s{_ADVERB}(?:(?:{_HOLD}|{_HELD})\b|{_LEAN}\b{_OBJECT})|"
    rf"{_EACH}\s{_ADVERB}(?:{_HOLDS}|{_HOLD}|(?:dis)?agreed|objected|disputed|contested|argued|opposed|dissented|"
    rf"concurred|"
    r"recommended|dispute|object|contest)\b|"
    r"one\s(?:alone\s)?(?:dissents|dissented|disagrees|disagreed|objects|objected|opposes|opposed)\b|"
    r"(?:both|two)\s(?:recommend|oppose|prefer|agree|concur|dissent|disagree|argue|urge|favou?r|advise)\b|"
    rf"{_OF_N}(?=\s(?:of\sthem|are\s(?:for|against|in)|do\b|did\b|does\b)|\s?[.,;:!?]|\s?\Z))",
    re.IGNORECASE,
)
_SCORE = re.compile(
    rf"\b(?:\d|{_N}|one|zero)\s?(?:[-–:]|\sto\s|\szu\s|\scontre\s|\scontra\s)\s?(?:\d|{_N}|one|none|nil|zero)\s"
    r"(?:votes?|voting|split|decision|majority|ruling|verdict|in\sfavou?r|against|for\s(?!each|every|one\b|a\b)|"
    r"stimmen|voix|votos)|"
    rf"\b(?:votes?|voted|split|splits|decided|divided|ruled|stimmen|steht\ses|votent|votan)\s(?:is\s|was\s|of\s|"
    rf"by\s|mit\s|à\s)?"
    rf"(?:\d|{_N})\s?(?:[-–:]|\s?to\s|\s?zu\s|\s?contre\s|\s?contra\s)\s?(?:\d|{_N}|one|none|nil|eins?)\b|"
    r"\d\s?対\s?\d\s?(?:で|の)|[一二三四五六七八]対[一二三四五六七八零](?:で|の)|[一二三四五六七八\d]\s?比\s?[一二三四五六七八零\d]",
    re.IGNORECASE,
)
_DE_N = "zwei|drei|vier|fünf|sechs|sieben|acht"
_DE_VERB = (
    r"(?:raten|rieten|rät|empfehlen|empfahlen|empfiehlt|stimmen|stimmten|stimmt|wollen|will|meinen|meint|sagen|sagt|"
    r"halten|"
    r"befürworten|befürwortet|bevorzugen|bevorzugt|unterstützen|unterstützt|widersprechen|widerspricht|widersprach|"
    r"plädieren|"
    r"plädiert|lehnen|lehnt|bestreitet|bestreiten|sind\s(?:dafür|dagegen|sich|einig|für|gegen)|"
    r"ist\s(?:dafür|dagegen|sich|für|gegen)|war\s(?:dafür|dagegen|sich))"
)
_DE_VOICES = r"(?:berater(?:n|innen)?|ratgebern?|stimmen?|ratsmitglieder)"
_GERMAN = re.compile(
    rf"\b(?:(?:alle|{_DE_N}|keine|jede|nur\seine|beide|die\smeisten|die\smehrheit)\s(?:der\s|"
    rf"von\sden\s)?(?:{_DE_N})?\s?{_DE_VOICES}|"
    rf"(?:{_DE_N}|einer|keiner|\d)\s(?:von|der)\s(?:den\s)?(?:{_DE_N}|\d)(?=\s(?:{_DE_VERB}|{_DE_VOICES})\b|"
    rf"\s?[.,;:!?]|\s?\Z)|"
    rf"(?:alle|alle\s(?:{_DE_N})|die\s(?:anderen\s)?(?:{_DE_N})|{_DE_N}|niemand|keiner|jeder|die\smehrheit|"
    rf"die\sübrigen|der\srat)"
    rf"\s{_DE_VERB}|einstimmig|einhellig|sind\ssich\s(?:alle\s)?einig)\b",
    re.IGNORECASE,
)
_FR_N = "deux|trois|quatre|cinq|six|sept|huit"
_FR_VERB = (
    r"(?:(?:ne\s|n['’]|s['’]y\s|s['’]|se\s|y\s){0,3}(?:recommande(?:nt)?|conseille(?:nt)?|veu(?:len)?t|di(?:sen)?t|"
    r"soutien(?:nen)?t|"
    r"préfère(?:nt)?|approuve(?:nt)?|rejette(?:nt)?|pense(?:nt)?|accordent|oppose(?:nt)?|est\sopposée?|"
    r"conteste(?:nt)?|plaide(?:nt)?|"
    r"objecte(?:nt)?|(?:sont|est)\s(?:d['’]accord|pour|contre|favorables?|unanimes?)))"
)
_FR_VOICES = r"(?:conseill(?:er|ère)s?|voix|membres\sdu\sconseil)"
_FRENCH = re.compile(
    rf"\b(?:(?:(?:tous\s|toutes\s)les(?:\s(?:{_FR_N}))?|les\s(?:{_FR_N})|{_FR_N}|chaque|aucune?|"
    rf"(?:une\s)?seule?(?:\sune)?|la\smajorité\sdes|la\splupart\sdes)\s"
    rf"{_FR_VOICES}|"
    rf"(?:{_FR_N}|une?|\d)\s(?:sur|des|de)\s(?:{_FR_N}|\d)(?=\s(?:{_FR_VERB}|{_FR_VOICES})\b|\s?[.,;:!?]|\s?\Z)|"
    rf"(?:tous|toutes|tous\sles\s(?:{_FR_N})|les\s(?:{_FR_N})|les\s(?:{_FR_N})\sautres|{_FR_N}|personne|chacun|"
    rf"la\smajorité|"
    rf"les\sautres|les\svoix|les\sconseillers|le\sconseil)\s{_FR_VERB}|unanimité|unanime(?:ment)?)\b",
    re.IGNORECASE,
)
_ES_N = "dos|tres|cuatro|cinco|seis|siete|ocho"
_ES_VERB = (
    r"(?:(?:se\s|no\s)?(?:recomiendan?|aconsejan?|quieren?|dicen?|apoyan?|prefieren?|rechazan?|piensan?|coinciden?|"
    r"votan?|oponen?|"
    r"opuso|opusieron|objetan?|disputan?|discuten?|discrepan?|está[n]?\s(?:de\sacuerdo|a\sfavor|en\scontra)))"
)
_ES_VOICES = r"(?:consejer[oa]s?|asesor(?:es|as?)?|voces|voz)"
_SPANISH = re.compile(
    rf"\b(?:(?:(?:todos\slos|todas\slas)(?:\s(?:{_ES_N}))?|l[oa]s\s(?:{_ES_N})|{_ES_N}|cada|ningun[ao]?|ningún|"
    rf"s[oó]lo\suna?|una\ssola|la\smayoría\sde\s(?:los|las))\s"
    rf"{_ES_VOICES}|"
    rf"(?:{_ES_N}|un[ao]|\d)\sde\s(?:l[oa]s\s)?(?:{_ES_N}|\d)(?=\s(?:{_ES_VERB}|{_ES_VOICES})\b|\s?[.,;:!?]|\s?\Z)|"
    rf"(?:todos|todas|todos\slos\s(?:{_ES_N})|los\s(?:otros\s)?(?:{_ES_N})|{_ES_N}|nadie|la\smayoría|los\sdemás|"
    rf"las\svoces|los\sconsejeros|el\sconsejo)\s{_ES_VERB}|"
    r"unanimidad|unánime(?:s|mente)?)\b",
    re.IGNORECASE,
)
_HAN = r"[二三四五六七八両\d]"
_NOT_IF = r"(?!す?(?:る|れば|るなら|る場合)|なら|したら|した場合|できれば|しない限り|すれば)"
_JAPANESE = re.compile(
    rf"{_HAN}\s?人\s?中[、の]?\s?[一二三四五六七八\d]\s?人|{_HAN}\s?[人名](?:全員)?(?:とも|が|は|の助言者[がは])"
    rf"(?:賛成|反対|同意|支持|推奨|主張|合意|勧め|推し|望){_NOT_IF}|"
    rf"全員(?:一致|[がは](?:賛成|反対|同意|支持|推奨|主張|合意|一致|勧め|望){_NOT_IF})|満場一致|{_HAN}人とも|"
    rf"誰も(?:反対|異議|反論)|過半数[がは](?:賛成|反対|支持|推奨)|多数意見|少数意見|(?:評議会|審議会)[はが](?:推奨|勧め|支持|賛成|一致)|"
    r"(?:全ての|すべての|どの|各|多くの|大半の)(?:助言者|論者|声)|(?:助言者|論者)(?:全員|の(?:全員|多く|大半|過半数))|反対(?:者)?は(?:一人|いな|なし|ゼロ)"
)
_ZH_VERB = r"(?:建议|赞成|同意|支持|反对|认为|推荐|主张|賛成|贊成|建議|支持|反對|認為|推薦|主張|希望|倾向)"
_ZH_VOICES = r"(?:顾问|顧問|声音|聲音|辩手|委员|發言者|发言者)"
_CHINESE = re.compile(
    rf"(?<!如果)(?<!若)(?<!只要)(?<!当)(?:[两二三四五六七八\d](?:位|名|个|人|个人)?(?:{_ZH_VOICES})?(?:都|均|一致)?{_ZH_VERB}|"
    rf"[两二三四五六七八\d](?:位|名|个|個)?(?:人|{_ZH_VOICES})?[中里](?:有|的)?[一两二三四五六七八\d](?:人|位|名|个|個)|"
    rf"[一两二三四五六七八\d][位名个個]{_ZH_VOICES}|"
    rf"(?:大家|所有人|全体|全員|全部|多数|少数|多数人|人人|其他人|理事会)(?:顾问|人)?(?:都|均|一致)?{_ZH_VERB}|"
    rf"(?:所有|全体|每位|每个|多数|大多数|没有|没有一位|没有一个)(?:的)?{_ZH_VOICES}|(?:没有|无)人(?:反对|质疑|提出异议|反對)|"
    r"一致(?:同意|认为|赞成|建议|推荐|通过|支持))"
)
_AR_N = r"(?:ال)?(?:اثنان|اثنين|ثلاثة|ثلاث|أربعة|أربع|خمسة|خمس|ستة|سبعة|ثمانية)"
_AR_VERB = (
    r"(?:اتفق|اتفقت|اتفقوا|يتفق|تتفق|يوصي|أوصى|ينصح|نصح|يؤيد|أيد|يعارض|عارض|اعترض|يعترض|يرى|وافق|يوافق|"
    r"يفضل|صوت|يرفض|رفض)"
)
_AR_VOICES = r"(?:الأصوات|أصوات|المستشارين|المستشارون|مستشارين|مستشارون|المجلس)"
_ARABIC = re.compile(
    rf"(?<!إذا )(?<!إن )(?<!لو )(?:(?<!\w)و?{_AR_VERB}\s(?:{_AR_N}|الجميع|الكل|كل\sمنهم|معظمهم|كلهم|المجلس|"
    rf"واحد)(?!\w)|"
    rf"(?<!\w)(?:{_AR_N}|كل|جميع|معظم|أغلبية|غالبية|أحد)\s(?:من\s)?(?:{_AR_N}\s)?{_AR_VOICES}|"
    rf"(?<!\w){_AR_N}\sمن\s(?:أصل\s)?{_AR_N}(?=\s(?:يوصون|ينصحون|يؤيدون|يعارضون|يرون|يفضلون|وافقوا|اتفقوا)|"
    rf"\s?[.,،؛:!؟]|\s?\Z)|"
    rf"(?<!\w)(?:الجميع|كلهم|{_AR_N}|الأغلبية)\s(?:يتفقون|متفقون|يوصون|ينصحون|يؤيدون|يعارضون|يوافقون|يفضلون)|"
    r"(?:لم|لا)\s(?:يعترض|يعارض)\sأحد|لا\sأحد\s(?:يعترض|يعارض)|المجلس\s(?:يوصي|ينصح|يؤيد)|بالإجماع|"
    r"(?<!\w)ب?إجماع(?!\w))"
)
_SUPPOSED = re.compile(
    r"\b(?:if|when|once|unless|until|till|whether|where|wherever|provided|ensure|sure|wenn|falls|sobald|bis|ob|si|"
    r"quand|lorsque|"
    r"cuando|hasta\sque|que)\s(?:\S{1,20}\s){0,2}\Z",
    re.IGNORECASE,
)
_ANYWHERE = (_ENGLISH_VOICES, _SCORE, _JAPANESE, _CHINESE, _ARABIC)
_STATED = (_ENGLISH_HOLDING, _GERMAN, _FRENCH, _SPANISH)
"""These count no heads where they stand as a condition."""


def counts_heads(text: str) -> str:
    """The words in the text that say how many voices agree; empty where there are none."""
    plain = unicodedata.normalize("NFKC", text)
    for pattern in _ANYWHERE:
        if found := pattern.search(plain):
            return found[0].strip()
    for pattern in _STATED:
        for found in pattern.finditer(plain):
            if not _SUPPOSED.search(plain, max(0, found.start() - 64), found.start()):
                return found[0].strip()
    return ""
