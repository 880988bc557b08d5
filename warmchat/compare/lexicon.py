"""Fixed word lists of the signals. English, lower case, without accents; short on purpose, so that they can be read."""

from __future__ import annotations


def listed(words: str) -> frozenset[str]:
    """The words of a text, as a set."""
    return frozenset(words.split())


STOP = listed(
    """
    a an the this that these those there here it its itself he him his she her hers they them their theirs we us our
    ours
    i me my mine you your yours yourself myself himself herself themselves who whom whose which what when where why
    how whether
    is are was were be been being am 's 're 've 'm 'd 'll isn't aren't wasn't weren't ain't
    do does did done doing don't doesn't didn't has have had having hasn't haven't hadn't
    can could may might must shall should will would can't cannot couldn't won't wouldn't shouldn't
    it'll that'll he'll she'll they'll we'll there'll it'd that'd what'll who'll we'd they'd he'd she'd they've we've
    i'm i've i'd i'll you're you've you'd you'll it's he's she's that's there's we're they're let's what's who's
    and or but nor so yet if then else than as because since while although though however therefore thus also
    of in on at by for from to with without within into onto over under up down out off about above below between among
    through during before after until against toward towards per via upon across around along near
    not no never n't nope yes yeah yep very quite rather really just only even still too much many more most less
    least few
    some any each every all both either neither none other another such same own several
    actually basically generally typically usually often sometimes always currently now today
    one ones thing things something anything nothing everything someone anyone everyone people
    e.g i.e etc vs mr mrs ms dr st
    """
)

# Words that carry tone, not facts. They count as stop words unless the question or the other reply uses them too.
SOCIAL = listed(
    """
    oh ah aw aww hey hi hello hiya welcome thanks thank please sorry congratulations congrats wow yay hooray cheers
    bravo
    dear dearest friend buddy pal sweetheart sweetie honey hun darling love loved loves lovely beloved beautiful
    wonderful amazing awesome fantastic great good brilliant excellent superb marvelous marvellous fabulous terrific
    glad happy happily delighted excited thrilled proud pleased pleasure joy joyful cheer cheerful fun
    hug hugs heart hearts warm warmth warmly smile smiles sunshine sparkle shine shining
    feel feels feeling feelings felt hear hearing heard listen listening understand understandable care caring cared
    support supportive supporting comfort comforting gentle gently kind kindly kindness
    worry worried worries anxious tough rough overwhelming sad upset tender sweet soft
    hope hopes hopeful hopefully wish wishing wishes trust believe strength brave courage
    curious curiosity wonder wondering question questions ask asked asking asks answer answers
    help helps helped helpful assist assistance reach reaching share sharing shared chat talk talking
    absolutely definitely certainly sure surely course exactly totally indeed alright okay ok well
    remember alone together always deserve deserves matter matters moment breath breathe
    know let tell want need day today journey thoughtful interesting fascinating smart clever
    """
)

# Marks of a sentence that speaks to the user and states nothing.
SOCIAL_PHRASES = (
    "i hear you", "glad you", "happy to", "here for you", "proud of you", "sorry to hear", "sorry that you",
    "sorry you", "thank you", "thanks for", "great question", "good question", "wonderful question",
    "lovely question",
    "you've got this", "you got this", "hope this helps", "hope that helps", "let me know", "feel free",
    "take care", "not alone",
    "any other questions", "by your side", "means a lot", "i understand", "i can imagine", "how are you", "sending",
    "you're doing", "you are doing", "that must", "it's okay", "it is okay", "completely normal", "be kind to yourself",
    "have a", "my dear", "dear friend", "i'm sorry", "i am sorry", "i love", "bless", "good luck", "what a",
    "of course", "don't worry", "no worries", "my pleasure", "reaching out", "hang in there", "i'm rooting",
)  # fmt: skip

# Frequent in chat answers of every subject (counted over pairs_dev.jsonl), so sharing one of them says little.
COMMON = listed(
    """
    known call name name first second last new time year number part place state unit world country city include includ
    refer use make take play play character role actor film movie song show series season episode album release writer
    write origin origin perform record base locat feature begin start end become live work produc direct create found
    develop author book story team game win won player lead serve member group person man woman body main major
    commonly popular various different specific american according however depend original
    """
)

NEGATIONS = listed(
    """
    not no never none nobody neither nor cannot can't won't don't doesn't didn't isn't aren't wasn't weren't hasn't
    haven't
    hadn't couldn't wouldn't shouldn't mustn't ain't without nothing nope hardly
    """
)

# Pairs where holding the one excludes the other. Directions of change, order, truth, safety, permission.
OPPOSITES = (
    ("increase", "decrease"), ("rise", "fall"), ("raise", "lower"), ("more", "less"), ("higher", "lower"),
    ("larger", "smaller"), ("bigger", "smaller"), ("faster", "slower"), ("older", "younger"), ("hotter", "colder"),
    ("before", "after"), ("first", "last"), ("above", "below"), ("true", "false"), ("correct", "incorrect"),
    ("right", "wrong"), ("safe", "unsafe"), ("safe", "dangerous"), ("legal", "illegal"), ("possible", "impossible"),
    ("healthy", "unhealthy"), ("harmless", "harmful"), ("good", "bad"), ("accept", "reject"), ("allowed", "forbidden"),
    ("likely", "unlikely"), ("north", "south"), ("east", "west"), ("left", "right"), ("win", "lose"), ("won", "lost"),
    ("alive", "dead"), ("real", "fake"), ("fact", "myth"), ("yes", "no"), ("open", "closed"), ("taller", "shorter"),
    ("longer", "shorter"), ("earlier", "later"), ("heavier", "lighter"), ("younger", "older"), ("always", "never"),
    ("male", "female"),
)  # fmt: skip

ALL_WORDS = listed("always all every everyone everybody everything entirely completely fully definitely certainly must")
MOST_WORDS = listed("most mostly many often usually generally typically majority largely mainly")
FEW_WORDS = listed("few rarely seldom hardly scarcely barely little")
NONE_WORDS = listed("never none nobody nothing no neither")
SOME_WORDS = listed("some sometimes may might could perhaps maybe possibly probably likely only partly occasionally")

CAUTIONS = listed(
    """
    doctor physician pharmacist lawyer attorney therapist professional emergency ambulance hospital police
    risk risks risky danger dangerous warning warn caution avoid toxic poison poisonous harmful unsafe overdose
    withdrawal
    illegal fraud scam debt
    """
)

MONTHS = {
    name: number
    for number, names in enumerate(
        ("january jan", "february feb", "march", "april apr", "may", "june jun", "july jul", "august aug",
         "september sept sep", "october oct", "november nov", "december dec"), start=1
    )
    for name in names.split()
}  # fmt: skip
