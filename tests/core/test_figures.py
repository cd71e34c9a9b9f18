"""Figures in many spellings, and words that count heads."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from upverdict.core.figures import counts_heads, unsaid


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("Below 70% rent.", "At 70 % of load"),
        ("Below 70 percent rent.", "seventy percent of it"),
        ("1,500 tokens", "1500 tokens"),
        ("$5k a month", "5,000 dollars"),
        ("2.5 million", "2,500,000 rows"),
        ("fewer than 3 people", "we are three"),
        ("at least two people", "2 of us"),
        ("٧٠٪ من الفرق", "70%"),
        ("七割なら借りる", "70%の負荷"),
        ("10万円", "100,000円"),
        ("3,5 Prozent", "3.5 %"),
        ("負荷は70%を超える", "70 % of load"),
        ("ثلاثة و70٪", "three, and 70%"),
        ("half of the load", "50 % of it"),
        ("two thirds of it", "67 %"),
        ("twice as much", "2x the price"),
        ("two hundred and fifty requests", "250 of them"),
        ("fünfundzwanzig Knoten", "25 nodes"),
        ("三人いれば", "we are three"),
        ("三分の一", "a third of it"),
        ("半分", "half of it"),
        ("三百万円", "3 million"),
        ("½ of it", "half the load"),
        ("ثلاثة مهندسين", "3 engineers"),
        ("نصف الحمل", "la moitié"),
    ],
)
def test_a_figure_that_was_said_may_be_spelt_in_another_way(text: str, said: str) -> None:
    assert unsaid(text, [said]) == []
    assert unsaid(text, ["Nobody said any."]) != []


@pytest.mark.parametrize(
    "text",
    [
        "See B1.3 for that.",
        "1. Rent.\n2. Wait.",
        "Take option 2.",
        "No figure at all.",
        "第1に、この2つを借りる。",
        "V8 and B2B",
    ],
)
def test_numbers_that_are_no_figures(text: str) -> None:
    assert unsaid(text, []) == []


@pytest.mark.parametrize(
    "text",
    [
        "Run it yourself only when you have three engineers.", "Wait two years before you decide.",
        "Rent until you have seven engineers on call.", "Hire a two-person team.", "Give it two or three weeks.",
        "Rent when half of the load is private.", "A third of your traffic is private.", "Costs fall by two thirds.",
        "It costs twice as much.", "It will double the bill.", "Halve it.", "Triple the load.",
        "Half a million requests.", "hundreds of requests", "a dozen engineers", "two of your services",
        "Wenn drei Ingenieure da sind.", "Ab zwei Jahren.", "Die Hälfte davon.", "ein Drittel der Last",
        "doppelt so viel", "zwei Drittel", "Hunderte von Anfragen",
        "trois ingénieurs", "la moitié du trafic", "un tiers du trafic", "le double du prix",
        "tres ingenieros", "la mitad", "un tercio de la carga", "el doble",
        "第七、三人の技術者がいれば。", "三人いれば", "二年待つ", "半分", "三分の一", "2倍", "倍になる",
        "数百の要求がある",
        "三个工程师", "两年后", "一半", "三分之一", "两倍",
        "ثلاثة مهندسين", "نصف الحمل", "ثلث الحمل",
    ],
)  # fmt: skip
def test_a_number_in_words_that_nobody_said_is_a_figure_of_the_judges_own(text: str) -> None:
    assert unsaid(text, ["Rent it, it costs money.", "Or run a machine?"])
    assert unsaid(text, [text]) == []


@pytest.mark.parametrize(
    "text",
    [
        "Take option two.", "Of the two options, rent.", "One or two sentences.", "Choose between the two.",
        "Take one of the two options.", "Rent where two conditions hold.", "Step two is to wait.", "Think twice.",
        "Double-check the bill.", "Ask a third party.", "The third option is worse.", "Look at it every quarter.",
        "On behalf of the team.", "The second half is harder.", "One team, and a first step.", "A DoS attack",
        "The pricing tiers differ.", "It is half-baked.",
        "Nimm Option zwei.", "Die zwei Möglichkeiten.", "Deshalb innerhalb der Firma.", "Ein Dritter hilft.",
        "les deux options", "Demandez à un tiers.", "las dos opciones", "la media",
        "三つの理由", "第三に待つ", "十分です", "万一のとき", "两个选项", "三种选择", "统一的", "千万不要",
        "ضعف الخدمة", "منتصف الطريق",
    ],
)  # fmt: skip
def test_numbers_in_words_that_are_no_figures(text: str) -> None:
    assert unsaid(text, []) == []


@given(
    st.lists(
        st.text("一二十百千万億两數数半倍分の人", max_size=400)
        | st.text("0123456789٠٧०९７.,' ", max_size=400)
        | st.text("½⅔⁄①㉛%٪ \n第つİıſK", max_size=40)
        | st.sampled_from(["九" * 400, "9" * 5000, "fıve", "FİVE percent", "two hundred thousand", "zwei ", "half a "]),
        max_size=4,
    )
)
def test_no_run_of_numerals_is_too_long(parts: list[str]) -> None:
    text = "".join(parts)
    assert unsaid(text, [text]) == []
    assert unsaid(text, [text, text + "x"]) == []


@pytest.mark.parametrize(
    "piece", ["\n", " ", "1", "1,", ",000", "'", "“", "九", "a", "1 ", "of ", "two ", "half a ", "1\n"]
)
def test_every_reading_ends_on_one_thing_said_over_and_over(piece: str) -> None:
    text = piece * (20_000 // len(piece))
    assert unsaid(text, [text]) == []
    assert isinstance(counts_heads(text), str)


def test_a_share_is_no_count() -> None:
    assert unsaid("If 70 % fail", ["70 requests failed"]) == ["70 %"]


@pytest.mark.parametrize(
    "text",
    [
        "All four recommend renting.", "All four back renting.", "Three recommend renting, one does not.",
        "Every voice backs renting.", "All of them want you to rent.", "Four out of four want renting.",
        "Nobody argued against renting.", "No voice opposed it.", "Everyone on the council wants renting.",
        "The other three want renting.", "Three to one for renting.", "A 3-1 vote for renting.",
        "The council recommends renting.", "Three of four recommend renting.",
        "Three of the four voices recommend it.", "Only one voice dissents.", "The vote is 3 to 1.",
        "The council splits 3-1.", "All four agree that it works.", "Three of the four advisors say so.",
        "Everyone agrees.", "There is consensus.", "The whole council agrees.", "Nobody disputes it.",
        "Most of the voices hold that it works.", "A majority of the council wants it.",
        "The majority recommends it.", "They all agree.", "Both sides agree on this.",
        "The advisors are split.", "None of the advisors objected.", "All agreed that it works.",
        "One dissents.", "Two oppose it.", "Each advisor says so.", "The panel unanimously backs it.",
        "3 of 4 favour it.", "All four held that it works.", "Three supported renting.",
        "All but one recommend it.", "Three out of the four back Postgres.", "Drei von vier raten zum Mieten.",
        "Alle vier sind dafür.", "Einstimmig: mieten.", "Alle Berater raten dazu.",
        "Die Mehrheit empfiehlt das Mieten.", "Niemand widerspricht.", "Der Rat empfiehlt das.",
        "Keine Stimme war dagegen.", "Mit 3 zu 1 Stimmen.", "Trois sur quatre recommandent la location.",
        "Tous les quatre recommandent cela.", "Le conseil recommande de louer.", "Personne ne s'y oppose.",
        "À l'unanimité.", "Aucune voix ne s'y oppose.", "La majorité des conseillers le veut.",
        "Tres de cuatro recomiendan alquilar.", "Tres de cuatro", "Todos los consejeros coinciden.",
        "Nadie se opone.", "Por unanimidad.", "El consejo recomienda alquilar.",
        "Los cuatro recomiendan alquilar.", "4人中3人が賃貸を勧める。", "三人が賛成した。",
        "全員一致で借りる。", "四人とも賛成だ。", "誰も反対しなかった。", "3対1で借りる。", "全員が賛成した。",
        "四人中三人建议租用。", "三位顾问同意。", "大家一致同意。", "没有人反对。", "所有顾问都赞成。",
        "三比一。", "اتفق ثلاثة من أربعة على الاستئجار.", "اتفق الجميع.", "بالإجماع", "لم يعترض أحد.",
        "جميع المستشارين يؤيدون ذلك.", "يوصي المجلس بالاستئجار.", "The voices agree that it works.",
    ],
)  # fmt: skip
def test_heads_are_counted_by_code_alone(text: str) -> None:
    assert counts_heads(text)


@pytest.mark.parametrize(
    "text",
    [
        "If the majority of your requests are batch, self-host.", "Use a consensus protocol such as Raft.",
        "If both of you agree on the price, sign.", "If all agree, move.", "Compare both sides of the ledger.",
        "Half the load", "Both options work.", "All of the services fail.", "Most teams rent.",
        "Two people start.", "Both support batching.", "All support tickets go there.",
        "Hire two support engineers.", "All objects in the bucket expire.", "Two back ends are enough.",
        "All recommended settings stay.", "Most experts agree on the price.", "Three of four services fail.",
        "In three of four cases it works.", "Ask your lawyer whether both agree.", "Wait 3-4 weeks.",
        "A 3 to 1 ratio is fine.", "Nobody wants to be on call.", "If a majority of nodes fails, wait.",
        "Nodes reach consensus slowly.", "All data held in memory is lost.", "Move once everyone agrees.",
        "Two votes of the board are needed.", "Keep all accepted payments.", "Each region holds its data.",
        "All four services fail.", "One might argue that.", "Rent unless all three want ads.",
        "Ask two engineers.", "The other three services can wait.", "Half want of care", "1-2 weeks for each",
        "Turn on 2 to 4 for a week", "Rent all that you want.", "Most support costs are small.",
        "Alle vier Dienste fallen aus.", "Drei von vier Diensten fallen aus.", "Wenn alle zustimmen, ziehe um.",
        "Wenn alle sagen, was sie brauchen, miete.", "Die Mehrheit der Anfragen ist klein.",
        "Guter Rat ist teuer.", "Mit lauter Stimme", "Zwei Server reichen.",
        "Trois sur quatre serveurs tombent.", "Tous les serveurs tombent.", "Si tous sont d'accord, louez.",
        "La majorité des requêtes est petite.", "les voix du client", "Tres de cuatro servidores fallan.",
        "Todos los servidores fallan.", "La mayoría de las peticiones es pequeña.",
        "Si todos están de acuerdo, alquila.", "三人いれば自社で運用する。", "全員が在宅なら借りる。",
        "全員が賛成すれば移る。", "4台中3台が止まる。", "全員に知らせる。", "反対に、借りる。", "三个工程师",
        "如果大家都同意,就租。", "多数请求很小。", "所有服务都失败。", "保持一致", "ثلاثة من أربعة خوادم تفشل",
        "كل الخدمات تفشل", "إذا اتفق الجميع فانتقل", "معظم الطلبات صغيرة", "Each panel yields power.",
        "The council tax is low.",
    ],
)  # fmt: skip
def test_other_counts_may_stand(text: str) -> None:
    assert not counts_heads(text)
