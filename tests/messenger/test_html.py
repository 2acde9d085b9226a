"""Telegram's HTML: what it says, what is marked, and what is wrong with it in the server's own words."""

from __future__ import annotations

import html

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.messenger.entities import Entity, found_in, trimmed, units
from bot.messenger.html import Unparsable, parsed


@pytest.mark.parametrize(
    ("source", "plain", "entities", "why"),
    [
        ("没有标签", "没有标签", (), "plain text stays"),
        ("a &lt;b&gt; &amp; &quot;c&quot;", 'a <b> & "c"', (), "the four named references"),
        ("&nbsp;&lt", "&nbsp;<", (), "no other name is known; the semicolon may be missing"),
        ("&#20010;&#x4e2A;", "个个", (), "numeric references, decimal and hexadecimal"),
        ("<b>楼道灯</b>坏了", "楼道灯坏了", (Entity("bold", 0, 3),), "one mark"),
        ("😀<b>灯</b>", "😀灯", (Entity("bold", 2, 1),), "offsets are UTF-16 units: the face counts two"),
        ("<b>😀</b>", "😀", (Entity("bold", 0, 2),), "and so do lengths"),
        ("<B>a</B>", "a", (Entity("bold", 0, 1),), "tag names in any case"),
        ("<strong>a</strong><em>b</em>", "ab", (Entity("bold", 0, 1), Entity("italic", 1, 1)), "synonyms"),
        ("<i>a<b>b</b></i>", "ab", (Entity("italic", 0, 2), Entity("bold", 1, 1)), "nested, the wider first"),
        ("<b></b>x", "x", (), "nothing marked, nothing kept"),
        ("<b>x</>", "x", (Entity("bold", 0, 1),), "an empty end tag ends whatever is open"),
        ("<b>x</b  >", "x", (Entity("bold", 0, 1),), "blanks before the bracket"),
        (
            '<a href="https://a.example/?x=1&amp;y=2">看</a>',
            "看",
            (Entity("text_link", 0, 1, url="https://a.example/?x=1&y=2"),),
            "a link, with references in its address",
        ),
        ("<a>文字</a>", "文字", (), "a link to nowhere is quietly no link"),
        ('<code class="language-py">x</code>', "x", (Entity("code", 0, 1),), "a language means nothing outside pre"),
        (
            '<pre><code class="language-py">x</code></pre>',
            "x",
            (Entity("pre", 0, 1, language="py"),),
            "pre and code together are one mark",
        ),
        ('<span class="tg-spoiler">x</span>', "x", (Entity("spoiler", 0, 1),), "a hidden part"),
        ("<blockquote expandable>x</blockquote>", "x", (Entity("expandable_blockquote", 0, 1),), "a long quote"),
        ("a > b", "a > b", (), "a lone closing bracket is text"),
    ],
)
def test_html_reads_as_the_server_reads_it(source: str, plain: str, entities: tuple[Entity, ...], why: str) -> None:
    assert parsed(source) == (plain, entities), why


@pytest.mark.parametrize(
    ("source", "text", "why"),
    [
        ("灯<br>", 'Unsupported start tag "br" at byte offset 3', "offsets in the words are bytes"),
        ("1 < 2", 'Unsupported start tag "" at byte offset 2', "the commonest mistake: an unescaped bracket"),
        ("1 <2", "Unclosed start tag at byte offset 2", "the same at the end"),
        ("<b", "Unclosed start tag at byte offset 0", "cut in the middle of a tag"),
        ("<b>a", 'Can\'t find end tag corresponding to start tag "b"', "cut before the end tag"),
        ("a</b>", "Unexpected end tag at byte offset 1", "nothing is open"),
        ("<b>a</i>", 'Unmatched end tag at byte offset 4, expected "</b>", found "</i>"', "crossed tags"),
        ("<b>a</b", "Unclosed end tag at byte offset 4", "cut in the end tag"),
        ("<i   =a>", 'Empty attribute name in the tag "i" at byte offset 0', "an attribute without a name"),
        (
            "<i a>x</i>",
            'Expected equal sign in declaration of an attribute of the tag "i" at byte offset 0',
            "an attribute without a value",
        ),
        ("<i a = ", 'Unclosed start tag "i" at byte offset 0', "cut before the value"),
        ("<i a=1.,>", "Unexpected end of name token at byte offset 5", "a bare value of letters only"),
        ('<i a="x>', "Unclosed start tag at byte offset 0", "a quotation never closed"),
        ("<span>x</span>", 'Tag "span" must have class "tg-spoiler" at byte offset 0', "the only span there is"),
        ("<!-- x -->", 'Unsupported start tag "!--" at byte offset 0', "no comments"),
        (
            "&#xDFDF;",
            "Text contains invalid Unicode characters after decoding HTML entities, "
            "check for unmatched surrogate code units",
            "half a character",
        ),
    ],
)
def test_broken_html_is_refused_in_the_servers_words(source: str, text: str, why: str) -> None:
    with pytest.raises(Unparsable) as refusal:
        parsed(source)
    assert str(refusal.value) == text, why


@pytest.mark.parametrize(
    ("text", "kinds", "why"),
    [
        ("/start abc", {("bot_command", 0, 6)}, "a command with its payload outside"),
        ("/help@huiyin_demo_bot 谢谢", {("bot_command", 0, 21)}, "a command for one bot"),
        ("我说/不说", set(), "a slash between words is no command"),
        ("😀 /help", {("bot_command", 3, 5)}, "counted in UTF-16 units"),
        ("见 https://a.example/x。", {("url", 2, 19)}, "an address ends before the full stop"),
        ("@wanglaoshi 在吗 #路灯", {("mention", 0, 11), ("hashtag", 15, 3)}, "a mention and a tag"),
        ("wang@a.example", {("email", 0, 14)}, "a mail address is no mention"),
        ("3/4 单元", set(), "a fraction is no command"),
    ],
)
def test_the_server_marks_by_itself(text: str, kinds: set[tuple[str, int, int]], why: str) -> None:
    assert {(one.kind, one.offset, one.length) for one in found_in(text)} == kinds, why


def test_what_is_marked_already_is_not_marked_again() -> None:
    link = Entity("text_link", 0, 9, url="https://a.example/")
    assert found_in("见 /start 吧", (link,)) == (link,)


def test_blanks_at_the_ends_are_cut_and_marks_move_along() -> None:
    assert trimmed("  灯坏了\n", (Entity("bold", 2, 1), Entity("italic", 0, 2))) == ("灯坏了", (Entity("bold", 0, 1),))


def test_a_text_is_measured_in_utf16_units() -> None:
    assert (units("灯"), units("😀"), units("")) == (1, 2, 0)


@given(st.text())
def test_an_escaped_text_comes_back_as_it_was(text: str) -> None:
    assert parsed(html.escape(text).replace("&#x27;", "'")) == (text, ())


@given(st.text(alphabet="<>/ab=\"' &lt;#x1灯😀", max_size=60))
def test_any_text_is_either_read_or_refused_and_marks_lie_within_it(source: str) -> None:
    try:
        plain, entities = parsed(source)
    except Unparsable:
        return
    assert all(one.offset >= 0 and one.length > 0 and one.offset + one.length <= units(plain) for one in entities)
