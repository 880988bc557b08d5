"""Hostile text in the forms that people write by hand: front matter, TOML, Jinja, Markdown."""

from __future__ import annotations

from random import Random

from tests.attacks.fuzz.mutate import hostile_text

PROFILE_KEYS = (
    "name",
    "description",
    "strategy",
    "neutralise",
    "rewriter",
    "sampling",
    "adapters",
    "accent",
    "temperature",
    "top_k",
    "top_p",
    "min_p",
    "repeat_penalty",
    "repeat_last_n",
    "dry_multiplier",
    "max_tokens",
    "seed",
    "control_vector",
    "lora",
    "strength",
    "dial",
    "layers",
    "scale",
    "model",
    "tools",
    "use_tools",
    "handoffs",
    "system",
    "prompt",
    "options",
)
YAML_SCALARS = (
    "1",
    "0.5",
    "-1",
    "yes",
    "no",
    "~",
    "null",
    "''",
    '""',
    ".inf",
    "-.inf",
    ".nan",
    "1e999",
    "1:2:3",
    "0x" + "F" * 6000,
    "-0x" + "F" * 6000,
    "9" * 5000,
    "0b" + "1" * 4000,
    "1:" * 4000 + "1",
    "1_000",
    "0o7",
    "2024-99-99",
    "2024-01-01",
    "2001-12-14t21:59:43.10-05:00",
    '!!int ""',
    '!!int "x"',
    '!!float ""',
    '!!bool "x"',
    '!!timestamp "x"',
    "!!binary '@'",
    "!!binary aGk=",
    "!!null x",
    "!!str {a: b}",
    "!!set {a}",
    "!!omap [{a: 1}]",
    "!!omap [1]",
    "!!pairs [a: 1]",
    "!!seq {a: 1}",
    "!!map [1]",
    "!!python/object/apply:os.system ['true']",
    "!!python/name:os.system",
    "!foo bar",
    "!<tag:x,2000:y> z",
    "&a [1]",
    "*a",
    "<<",
    "=",
    "|\n  text\n   more",
    ">-\n  text",
    '"\\ud800"',
    '"\\e[31m\\x9b"',
    '"\\U0010FFFF"',
    '"\\0"',
    "[1, 2]",
    "[[[[[[[[1]]]]]]]]",
    "{a: {b: {c: {d: {e: {f: {g: 1}}}}}}}",
    "{temperature: 0x" + "F" * 5000 + "}",
    "{control_vector: warmth, dial: 0.5}",
    "[{lora: ../../x, scale: 1}]",
    "[" * 3000,
    "{a: " * 1500,
    "? " * 500,
    "- " * 500,
    "'" * 999,
    "# comment",
    "%YAML 9.9",
    "---",
    "...",
    "@x",
    "`x`",
    "\t",
    "\u0085",
    "\ufeff",
    "direct",
    "rewrite",
    "warm",
)
TOML_VALUES = (
    "1",
    "-1",
    "1.5",
    "true",
    '""',
    "inf",
    "nan",
    "9" * 5000,
    "0x" + "F" * 6000,
    "9223372036854775808",
    "1e999",
    "[]",
    "{}",
    "[" * 3000,
    "{a=" * 1500,
    "[[1]]",
    '"\\u0000"',
    '"\\u001b]0;x\\u0007"',
    '"\\ud800"',
    "2020-01-01",
    "2020-99-99",
    "1979-05-27T07:32:00-08:00",
    "'''",
    '"""',
    "'x'",
    '"' + "x" * 100_000 + '"',
    '{f5 = "f4"}',
    '{switch-voice = "f5,,+"}',
    '{switch-voice = "ctrl+ctrl+ctrl+x"}',
    '{"\\u001b[31m" = "f1"}',
    '"~root/../x"',
    '"file:///x"',
    '"http://[::1"',
    '"http://user:secret@x/"',
    '"\\u202e"',
    "4294967296",
    '"off"',
    '"always"',
    '"oracle"',
)
JINJA = (
    "{% for m in messages %}{{ m['role'] + ': ' + m['content'] }}{% endfor %}",
    "{{ messages }}",
    "{{ 'x' * 10 ** 9 }}",
    "{% for i in range(99999) %}{% for j in range(99999) %}{% endfor %}{% endfor %}",
    "{{ 9 ** 9 ** 9 }}",
    "{% macro f(n) %}{{ f(n) }}{% endmacro %}{{ f(1) }}",
    "{% macro f(n) %}{% if n %}{{ f(n-1) }}{{ f(n-1) }}{% endif %}{% endmacro %}{{ f(40) }}",
    "{{ ''.__class__.__mro__[1].__subclasses__() }}",
    "{{ cycler.__init__.__globals__.os.popen('true').read() }}",
    "{{ self.__init__.__globals__ }}",
    "{{ lipsum.__globals__ }}",
    "{{ messages|attr('__class__') }}",
    "{{ namespace.__init__ }}",
    "{% set ns = namespace(x='aaaaaaaa') %}{% for i in range(60) %}{% set ns.x = ns.x ~ ns.x %}{% endfor %}{{ ns.x }}",
    "{% set ns = namespace(x=['a']) %}{% for i in range(60) %}{% set ns.x = [ns.x, ns.x] %}{% endfor %}{{ ns.x }}",
    "{{ '%1000000000d' % 1 }}",
    "{{ '{:>1000000000}'.format(1) }}",
    "{{ 'x'.center(1000000000) }}",
    "{{ 'x'|indent(1000000000) }}",
    "{{ ('a' * 100000).replace('a', 'b' * 100000) }}",
    "{{ (['a'] * 99999)|join('b' * 99999) }}",
    "{{ lipsum(n=100000) }}",
    "{{ range(99999)|list|tojson(indent=99999) }}",
    "{{ raise_exception('\x1b]0;x\x07') }}",
    "{{ strftime_now('%' * 5000) }}",
    "{{ strftime_now('\\x00%s%n') }}",
    "{% include 'x' %}",
    "{% import 'os' as os %}",
    "{% extends 'x' %}",
    "{% raw %}",
    "{#",
    "{{ messages[0].content|upper }}",
    "{{ messages[0].content[:3] }}",
    "{{ messages|map(attribute='content')|join }}",
    "{{ loop }}",
    "{% for x in messages recursive %}{{ loop(messages) }}{% endfor %}",
    "{{ bos_token * 3 }}",
    "{{ undefined.x.y }}",
    "{% set messages = messages + messages %}",
    "{{ 'a'|format(*range(9999)) }}",
    "{{ [1]|batch(1000000000, 0)|list }}",
    "{{ [[0] * 99999] * 99999 }}",
    "{{ '\ue0000:00\ue001' }}",
    "{% if true %}",
    "{{" * 500,
    "{% generation %}x{% endgeneration %}",
    "{{ messages[-1]['content'].strip() }}",
    "{{ dict(a=1).update(b=2) }}",
    "{{ messages.append(1) }}",
    "{{ messages[0].clear() }}",
)


def front_matter(rng: Random, body: str = "You are kind.") -> str:
    """A profile file whose settings are anything, mostly under names that are known."""
    lines = []
    for _ in range(rng.randrange(1, 6)):
        key = rng.choice(PROFILE_KEYS) if rng.random() < 0.85 else hostile_text(rng)
        value = rng.choice(YAML_SCALARS) if rng.random() < 0.7 else hostile_text(rng)
        if rng.random() < 0.15:
            value = f"{{{rng.choice(PROFILE_KEYS)}: {value}}}"
        lines.append(f"{key}: {value}" if rng.random() < 0.95 else value)
    matter = "\n".join(lines)
    said = body if rng.random() < 0.7 else hostile_text(rng)
    return f"---\n{matter}\n---\n{said}" if rng.random() < 0.95 else f"---\n{matter}\n{said}"


def yaml_file(rng: Random) -> str:
    """A whole file of YAML, as other programs keep templates."""
    lines = [f"{rng.choice(PROFILE_KEYS)}: {rng.choice(YAML_SCALARS)}" for _ in range(rng.randrange(4))]
    lines.insert(rng.randrange(len(lines) + 1), "system: You are kind." if rng.random() < 0.8 else hostile_text(rng))
    return "\n".join(lines)


def toml_file(rng: Random, names: tuple[str, ...]) -> str:
    """A settings file."""
    lines = []
    for _ in range(rng.randrange(1, 4)):
        name = (
            rng.choice(names)
            if rng.random() < 0.9
            else rng.choice(('"\\u001b"', "a.b.c", "a." * 2000 + "b", "[x]", "[[keys]]", "="))
        )
        value = rng.choice(TOML_VALUES) if rng.random() < 0.85 else f'"{hostile_text(rng)}"'
        lines.append(f"{name} = {value}")
    return "\n".join(lines)


def jinja_template(rng: Random, honest: tuple[str, ...]) -> str:
    """A chat template: attacks alone, joined, or inside an honest one."""
    attack = rng.choice(JINJA) if rng.random() < 0.9 else hostile_text(rng)
    deed = rng.randrange(4)
    if deed == 0:
        return attack
    if deed == 1:
        return attack + rng.choice(JINJA)
    base = rng.choice(honest)
    if deed == 2:
        return attack + base if rng.random() < 0.5 else base + attack
    at, to = sorted((rng.randrange(len(base) + 1), rng.randrange(len(base) + 1)))
    return base[:at] + rng.choice(("", attack, base[at:to] * 3)) + base[to if rng.random() < 0.5 else at :]
