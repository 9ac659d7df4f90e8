"""WordNet's database of a few nouns: cranes that are birds and cranes that lift."""

from pathlib import Path

NOUNS = [
    "00000001 05 n 01 bird 0 000 | an animal with feathers",
    "00000002 05 n 01 crane 0 001 @ 00000001 n 0000 | a wading bird",
    "00000003 05 n 01 heron 0 001 @ 00000001 n 0000 | another wading bird",
    "00000004 06 n 01 device 0 000 | something made for a purpose",
    "00000005 06 n 01 crane 1 001 @ 00000004 n 0000 | it lifts heavy things",
    "00000006 06 n 02 winch 0 lifting_drum 0 001 @ 00000004 n 0000 | it pulls with a rope",
    "00000007 18 n 01 Crane 2 001 @i 00000008 n 0000 | a poet",
    "00000008 18 n 01 poet 0 000 | a writer of poems",
]


def write_wordnet(folder: Path) -> Path:
    """In the folder, which is returned."""
    folder.mkdir(parents=True, exist_ok=True)
    for pos in ("noun", "verb", "adj", "adv"):
        lines = ["  1 a line of the licence", *(NOUNS if pos == "noun" else [])]
        (folder / f"data.{pos}").write_text("".join(f"{line}\n" for line in lines),
                                            encoding="latin-1")
        (folder / f"{pos}.exc").write_text("", encoding="latin-1")
    (folder / "cntlist.rev").write_text("heron%1:05:00:: 1 4\nwinch%1:06:00:: 1 2\n")
    return folder
