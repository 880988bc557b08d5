from __future__ import annotations

import tracemalloc
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from warmchat.domain.errors import ProfileError
from warmchat.domain.profile import AdapterRef, Sampling
from warmchat.profiles.frontmatter import MAX_FILE_BYTES
from warmchat.profiles.parse import Parsed, parse_profile, read_profile
from warmchat.profiles.schema import WRITE, AdapterEntry, ProfileEntry, SamplingEntry

FILE = Path("companion.md")


def parse(text: str) -> Parsed:
    return parse_profile(text, "companion", file=FILE)


def front(*lines: str, body: str = "You are kind.") -> str:
    return "\n".join(["---", *lines, "---", body, ""])


def error_of(text: str) -> ProfileError:
    with pytest.raises(ProfileError) as raised:
        parse(text)
    return raised.value


def test_everything_that_a_profile_can_say() -> None:
    profile = parse(
        front(
            "name: Friend",
            "description: Warm.",
            "strategy: rewrite",
            "neutralise: true",
            "sampling: {temperature: 0.7, top_k: 40, top_p: 0.9, min_p: 0.05, repeat_penalty: 1.1,",
            "           repeat_last_n: 32, max_tokens: 200, seed: 7}",
            "adapters:",
            "  - control_vector: warmth",
            "    strength: 0.25",
            "    layers: [8, 22]",
            "  - lora: warm",
            "accent: warm",
        )
    ).profile
    assert (profile.id, profile.name, profile.description) == ("companion", "Friend", "Warm.")
    assert (profile.strategy, profile.neutralise, profile.accent) == ("rewrite", True, "warm")
    assert profile.sampling == Sampling(0.7, 40, 0.9, 0.05, 1.1, 32, 200, 7)
    assert profile.adapters == (
        AdapterRef("control_vector", "warmth", 0.25, layers=(8, 22)), AdapterRef("lora", "warm", 1.0),
    )  # fmt: skip
    assert profile.system_prompt == "You are kind."


def test_a_second_model_may_rewrite_and_no_server_and_not_where_nothing_is_rewritten() -> None:
    assert parse(front("strategy: rewrite", "rewriter: small.gguf")).profile.rewriter == "small.gguf"
    error = error_of(front("strategy: rewrite", "rewriter: http://localhost:1/v1"))
    assert "line 3" in error.message
    assert "what you ask stays here" in error.message
    assert "no part in strategy: direct" in error_of(front("rewriter: small.gguf")).message


def test_a_voice_that_rewrites_says_how() -> None:
    error = error_of(front("name: Candid", "strategy: rewrite", body=""))
    assert "line 3" in error.message
    assert "Rewrite the text kindly" in error.hint


def test_a_control_vector_may_say_its_place_on_the_dial() -> None:
    profile = parse(front("adapters: [{control_vector: warmth, dial: 0.5}]")).profile
    assert profile.adapters == (AdapterRef("control_vector", "warmth", dial=0.5),)


def test_what_is_left_out_has_the_domain_s_defaults() -> None:
    profile = parse(front("description: x", "sampling: {temperature: 1}")).profile
    assert profile.sampling == Sampling(temperature=1.0)
    assert (profile.name, profile.accent, profile.strategy, profile.adapters) == ("companion", "cold", "direct", ())


def test_a_file_without_front_matter_is_all_prompt() -> None:
    assert parse("Be brief.\n\n--- not a fence\n").profile.system_prompt == "Be brief.\n\n--- not a fence"


@pytest.mark.parametrize(
    ("body", "prompt"),
    [
        ("\nHello\n", "Hello"),
        ("\n\n  Hello  \n\n", "\n  Hello  \n"),
        ("", ""),
        ("a {{ b }} <|im_end|>\n---\nc\n", "a {{ b }} <|im_end|>\n---\nc"),
    ],
)
def test_the_body_is_verbatim_but_for_one_newline_at_each_end(body: str, prompt: str) -> None:
    assert parse(f"---\nname: x\n---\n{body}").profile.system_prompt == prompt


def test_windows_line_ends_and_a_byte_order_mark_change_nothing() -> None:
    text = front("name: x", body="One\nTwo")
    assert parse("\ufeff" + text.replace("\n", "\r\n")).profile == parse(text).profile


@pytest.mark.parametrize(
    ("lines", "line", "says", "write"),
    [
        (["name: x", "sampling:", "  top_p: 0.9", "  temperature: 3.5"], 5, "temperature cannot be 3.5", "from 0"),
        (["sampling: {temperature: warm}"], 2, "temperature cannot be 'warm'", "temperature: 0.7"),
        (["sampling: {temperature: .nan}"], 2, "temperature cannot be nan", "temperature: 0.7"),
        (["sampling: {temperature: true}"], 2, "temperature cannot be True", "temperature: 0.7"),
        (["sampling: {top_p: 0}"], 2, "top_p cannot be 0", "above 0"),
        (["sampling: {min_p: 1}"], 2, "min_p cannot be 1", "below 1"),
        (["sampling: {top_k: 1.5}"], 2, "top_k cannot be 1.5", "whole number"),
        (["sampling: {seed: -1}"], 2, "seed cannot be -1", "4294967294"),
        (["sampling: {max_tokens: 0}"], 2, "max_tokens cannot be 0", "max_tokens: 512"),
        (["sampling: {repeat_penalty: 0}"], 2, "repeat_penalty cannot be 0", "1 is off"),
        (["sampling: 0.7"], 2, "sampling cannot be 0.7", "sampling: {"),
        (["sampling:"], 2, "sampling cannot be empty", "sampling: {"),
        (["name: yes"], 2, "name cannot be True", "quotes"),
        (["", "strategy: loud"], 3, "strategy cannot be 'loud'", "strategy: rewrite"),
        (["neutralise: 1"], 2, "neutralise cannot be 1", "true"),
        (["accent: '[red]'"], 2, "accent cannot be '[red]'", "accent: warm"),
        (["adapters:", "  - lora: ../../etc/passwd"], 3, "lora cannot be '../../etc/passwd'", "letters"),
        (["adapters:", "  - control_vector: warmth"], 3, "needs either a strength or a dial", "control_vector: warmth"),
        (["adapters:", "  - {control_vector: w, strength: 1, dial: 1}"], 3, "either a strength or a dial", "dial: 0.5"),
        (["adapters:", "  - {control_vector: w, dial: 1.5}"], 3, "dial cannot be 1.5", "dial: 0.5"),
        (["adapters:", "  - {lora: w, dial: 1}"], 3, "a lora has a scale", "control_vector: warmth"),
        (["adapters:", "  - {lora: a, strength: 1}"], 3, "a lora has a scale", "control_vector"),
        (["adapters:", "  - {lora: a}", "  - {lora: b, control_vector: c}"], 4, "is either", "control_vector"),
        (["adapters:", "  - control_vector: w", "    strength: 101"], 4, "strength cannot be 101", "strength: 0.25"),
        (["adapters:", "  - {control_vector: w, strength: 1, layers: [9, 8]}"], 3, "the first and the last", "- {"),
        (["adapters:", "  - {lora: w, layers: [8, 9]}"], 3, "a control vector steers", "- {"),
        (["adapters:", "  - {control_vector: w, strength: 1, layers: [0, 9]}"], 3, "layers cannot be", "[8, 22]"),
        (["adapters:", "  - {control_vector: w, strength: 1, layers: 8}"], 3, "layers cannot be 8", "layers: [8, 22]"),
        (["adapters:", "  - control_vector: w", "    strength: .inf"], 4, "strength cannot be inf", "strength: 0.25"),
        (["name: a", "name: b"], 3, "name is given twice", "one of the two"),
        (["1: b"], 2, "not a word", "temperature"),
        (["- a", "- b"], 2, "not a list of settings", "name: companion"),
        (["name: a: b"], 2, "not YAML", "quotes"),
        (["name: [a"], 2, "not YAML", "one setting per line"),
        (["\tname: a"], 2, "not YAML", "spaces"),
        (["description: 2024-99-99"], 1, "cannot be read", "quotes"),
        (["description: !!python/object/apply:os.system ['true']"], 2, "could not determine a constructor", "plain"),
        (["name: a", 'description: "\x07"'], 3, "does not allow", "plain text"),
    ],
)
def test_an_error_names_file_line_and_what_to_write(lines: list[str], line: int, says: str, write: str) -> None:
    error = error_of(front(*lines))
    assert error.message.startswith(f"companion.md, line {line}: ")
    assert says in error.message
    assert error.hint.startswith("write ")
    assert write in error.hint


def test_front_matter_must_be_closed() -> None:
    error = error_of("---\nname: x\n\nYou are kind.\n")
    assert "line 1" in error.message
    assert "---" in error.hint


def test_unknown_settings_are_kept_and_warned_about_with_the_nearest_name() -> None:
    parsed = parse(
        front(
            "descripton: x",
            "temperature: 0.5",
            "mascot: {colour: red}",
            "sampling:",
            "  topp: 0.9",
            "adapters:",
            "  - lora: warm",
            "    weight: 1",
        )
    )
    assert parsed.extra == {"descripton": "x", "temperature": 0.5, "mascot": {"colour": "red"}}
    assert parsed.warnings == (
        "companion.md, line 2: descripton is not known; did you mean description?",
        "companion.md, line 3: temperature is not known; did you mean temperature inside sampling?",
        "companion.md, line 4: mascot is not known",
        "companion.md, line 6: topp is not known; did you mean top_p?",
        "companion.md, line 9: weight is not known",
    )


def test_escape_sequences_do_not_get_out_of_names_and_messages() -> None:
    hostile = r'"\e]52;c;aGk=\a\e[31mOra\ncle"'
    profile = parse(front(f"name: {hostile}", f"description: {hostile}")).profile
    assert (profile.name, profile.description) == ("Ora cle", "Ora cle")
    parsed = parse(front(f"{hostile}: 1"))
    assert "\x1b" not in parsed.warnings[0]
    assert "\x1b" not in str(error_of(front(f"strategy: {hostile}")))


def test_a_name_of_escapes_alone_falls_back_to_the_id() -> None:
    assert parse(front(r'name: "\e[31m"')).profile.name == "companion"


def test_yaml_bombs_are_refused_and_stay_small() -> None:
    laughs = ["a: &a [x,x,x,x,x,x,x,x,x]", *(f"{b}: &{b} [*{a},*{a},*{a}]" for a, b in pairwise("abcdefgh"))]
    deep = ["a: " + "[" * 5000]
    wide = ["a: [" + "x," * 200_000 + "]"]
    long_number = ["sampling: {seed: " + "9" * 10_000 + "}"]
    tracemalloc.start()
    try:
        for lines in (laughs, deep, wide, long_number):
            error_of(front(*lines))
        assert tracemalloc.get_traced_memory()[1] < 20_000_000
    finally:
        tracemalloc.stop()


@pytest.mark.parametrize("name", ["Oracle", "two words", "-x", "", "a" * 65, "x\x1b[31m", "é"])
def test_ids_are_small_letters_and_digits(name: str) -> None:
    with pytest.raises(ProfileError, match="cannot be called"):
        parse_profile("Hi", name, file=Path(f"{name}.md"))


def test_every_setting_has_its_sentence_of_what_to_write() -> None:
    for model in (ProfileEntry, SamplingEntry, AdapterEntry):
        assert set(model.model_fields) <= set(WRITE)


@given(st.text(max_size=300))
def test_any_text_gives_a_profile_or_a_profile_error(text: str) -> None:
    for whole in (text, f"---\n{text}\n---\nbody"):
        said = ""
        try:
            parse(whole)
        except ProfileError as error:
            said = str(error)
        assert said.isprintable()


def test_reading_a_file(tmp_path: Path) -> None:
    file = tmp_path / "kind.md"
    file.write_text(front("name: Kind"), encoding="utf-8")
    assert read_profile(file, source="here").profile.source == "here"
    file.write_bytes(b"---\nname: \xff\n---\n")
    with pytest.raises(ProfileError, match=r"kind\.md, line 2: the text is not UTF-8"):
        read_profile(file)
    file.write_bytes(b"x" * (MAX_FILE_BYTES + 1))
    with pytest.raises(ProfileError, match="larger than 256 KiB"):
        read_profile(file)
    with pytest.raises(ProfileError, match="is not a file"):
        read_profile(tmp_path / "gone.md")


def test_a_file_that_may_not_be_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = tmp_path / "kind.md"
    file.write_text("Hi", encoding="utf-8")

    def denied(*_: object, **__: object) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(Path, "open", denied)
    with pytest.raises(ProfileError, match="Permission denied"):
        read_profile(file)


def test_the_shipped_profiles_say_nothing_unknown() -> None:
    from warmchat.shipped import shipped_folder

    oracle = read_profile(shipped_folder("system_prompts") / "oracle.md")
    companion = read_profile(shipped_folder("system_prompts") / "companion.md")
    assert oracle.warnings == companion.warnings == ()
    assert (oracle.profile.sampling.temperature, oracle.profile.accent) == (0, "cold")
    assert (companion.profile.sampling.temperature, companion.profile.accent) == (0.7, "warm")
    assert "oracle" not in oracle.profile.system_prompt.lower()  # the persona word makes small models worse


@pytest.mark.parametrize("before", ["Be short.\n", "\n", "Be short.", "\r\n"])
def test_settings_that_do_not_stand_first_are_said_to_be_prompt(before: str) -> None:
    text = front("name: Friend", "accent: warm")
    parsed = parse(before + (text.replace("\n", "\r\n") if "\r" in before else text))
    line = 2 + before.count("\n")
    assert parsed.warnings == (
        f"companion.md, line {line}: these settings are read as prompt; begin the file with the line ---",
    )
    assert "name: Friend" in parsed.profile.system_prompt


def test_a_rule_in_a_prompt_is_no_front_matter() -> None:
    assert parse("Be kind.\n---\nNever shout.\n").warnings == ()
    assert parse(front("name: Friend", body="A\n---\nname: this is text")).warnings == ()
