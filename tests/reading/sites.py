"""Article pages as news sites set them: own articles in own layouts, for what reading has to hold."""

from __future__ import annotations

import dataclasses
import datetime as dt
import html
import json

from flows.model import JST
from flows.reading.cleaning import CleaningRules, load_rules
from seeds.loader import BUNDLED

RULES: CleaningRules = load_rules(BUNDLED)
MARKUPS = ("p", "div", "br")


@dataclasses.dataclass(frozen=True)
class Story:
    """An article of these tests."""

    title: str
    author: str
    published: dt.datetime
    paragraphs: tuple[str, ...]


STORIES = (
    Story(
        "港町の図書館、AIの司書を試す 貸し出し3割増",
        "文化部 入江 航",
        dt.datetime(2025, 3, 4, 9, 5, tzinfo=JST),
        (
            "海沿いの町にある町立図書館が、本を薦める人工知能を1月から試している。使うのは公開された重みを自前の計算機で動かす方式で、"
            "利用者の言葉は外に出ない。",
            "町によると、2月の貸し出しは前の年の同じ月より31%多い1万2000冊だった。「聞きにくいことも機械になら聞ける」という声が多い。",
            "費用は計算機を含めて480万円。町は6月の議会に続ける予算を諮る。",
        ),
    ),
    Story(
        "読者の質問に答える:推論モデルの料金はなぜ下がる",
        "桐野",
        dt.datetime(2025, 11, 30, 21, 40, tzinfo=JST),
        (
            "■料金",
            "――なぜこんなに下がるのですか。",
            "「計算の無駄が減ったからです。同じ問いに使う電力は1年で4分の1になりました」",
            "主な3社の料金(100万トークン当たり)は次の通り。",
            "・甲社 入力0.5ドル、出力2ドル",
            "・乙社 入力1.2ドル、出力4.8ドル",
            "・丙社 入力3ドル、出力12ドル(夜間は半額)",
            "■この先",
            "――来年はどうなりますか。",
            "「値下げは続くでしょう。ただ、速さで差をつける会社も出てきます」",
            "【訂正】初出時、乙社の出力の料金に誤りがありました。おわびして訂正します。(12月1日)",
        ),
    ),
    Story(
        "梅の便り、平年より早く",
        "谷地",
        dt.datetime(2025, 1, 8, 6, 0, tzinfo=JST),
        ("気象台は8日、城跡の公園で梅が咲いたと発表した。平年より11日早い。", "見頃は今月の下旬になりそうだ。"),
    ),
)

MENU = ("トップ", "社会", "経済", "科学", "ランキング", "会員登録", "ログイン")
OTHERS = (
    "首都圏の路線、春から始発を繰り上げ",
    "小型衛星の打ち上げ、3度目で成功",
    "【解説】半導体の工場はなぜ水を使うのか",
    "冬の鍋に合う調味料12選",
)
FOOT = "掲載の記事・写真の無断転載を禁じます。 会社概要 | 個人情報の扱い | お問い合わせ"

LAYOUTS: dict[str, str] = {
    "semantic": """<header><nav>{{menu}}</nav></header><main><article><h1>{{title}}</h1>
<div class="meta"><time datetime="{{iso}}">{{stamp}}</time><span class="author">{{author}}</span></div>
<ul class="share"><li>ポスト</li><li>シェア</li></ul>
<figure><img src="/1.jpg" alt=""><figcaption>写真はイメージ(2024年)</figcaption></figure>
<div class="article-body">{{body}}</div><aside class="related"><h2>関連記事</h2><ul>{{links}}</ul></aside></article>
</main>
<aside><h2>アクセスランキング</h2><ol>{{list}}</ol></aside><footer>{{foot}}</footer>""",
    "nameless": """<div class="aX1"><div class="bQ7">{{menu}}</div><div class="cZ9"><div class="t0">{{title}}</div>
<div class="t1">{{stamp}} / {{author}}</div><div class="d33">{{body}}</div>
<div class="e1"><div class="e2">筆者プロフィール</div>
<div class="e3">大学院を修了後、出版社に勤務。2018年に独立し、人工知能や半導体について
書いている。著書に「はじめての推論」がある。</div></div><div class="f5"><div>ほかの記事</div><ul>{{links}}</ul>
</div></div>
<div class="g6"><div>よく読まれています</div><ol>{{list}}</ol></div></div><div class="h8">{{foot}}</div>""",
    "banners": """<div class="ck">
<p>当サイトでは、より良いサービスの提供のためにCookieを使用しています。閲覧を続けた場合、Cookieの使用に
同意したものとみなします。</p><button>同意する</button></div><header><a href="/">トップ</a> <nav>{{menu}}</nav>
</header>
<main id="main"><div class="inner"><p class="cat">科学</p><h1>{{title}}</h1><p class="dt">公開:{{stamp}}</p>
<p class="wr">文={{author}}</p><p class="note">※この記事は音声でも聴けます。</p><div class="entry">{{body}}</div>
<p class="src">誤りにお気づきの方は編集部までご連絡ください。</p></div></main>
<section class="cm"><h2>コメント</h2><div class="cmt">
<p>この値段なら個人でも試せますね。うちでも検討を始めたところです。しばらく様子を見ようと思います。
</p></div><div class="cmt"><p>性能は本物だと思う。</p></div></section><footer>{{foot}}</footer>""",
    "tables": """<center><table width="800"><tr><td colspan="3"><img src="/logo.gif"><br>{{menu}}</td></tr><tr>
<td width="120"><font size="2"><a href="/1">経済</a><br><a href="/2">国際</a></font></td><td>
<table cellpadding="8"><tr><td><font size="5"><b>{{title}}</b></font></td></tr>
<tr><td align="right"><font size="2">{{stamp}} {{author}}</font></td></tr><tr><td><font size="3">{{body}}</font>
</td></tr>
<tr><td><font size="2">▼関連記事</font><ul>{{links}}</ul></td></tr></table></td>
<td width="160"><b>人気記事</b><ol>{{list}}</ol></td></tr></table><hr><font size="1">{{foot}}</font></center>""",
    "one cell": """<table width="100%"><tr><td colspan="2">{{menu}}</td></tr><tr><td width="70%"><b>{{title}}</b><br>
<font size="-1">{{stamp}}　{{author}}</font>{{body}}<hr>【関連】<ul>{{links}}</ul></td>
<td><b>ランキング</b><ol>{{list}}</ol></td></tr><tr><td colspan="2"><small>{{foot}}</small></td></tr></table>""",
    "blog": """<div id="page"><div id="gnavi">{{menu}}</div><article class="post-8812 hentry">
<header class="entry-header">
<span class="cat-links">解説</span><h1 class="entry-title">{{title}}</h1><div class="entry-meta">
<span class="posted-on">{{stamp}}
</span><span class="byline">by {{author}}</span></div></header><div class="entry-content"><figure><img src="a.jpg">
<figcaption>説明する担当者(写真はイメージ)</figcaption></figure>{{body}}
<div class="box-pr"><p>【PR】導入の悩み、専門家に相談してみませんか。資料のダウンロードは無料です。</p></div>
<p class="sns-lead">この記事が役に立ったらぜひシェアしてください。</p></div>
<footer class="entry-footer">タグ:<a href="/t/1">AI</a>、<a href="/t/2">図書館</a></footer></article>
<div class="post-navigation"><a href="/prev">« 前の記事</a> <a href="/next">次の記事 »</a></div>
<div class="yarpp"><h3>こちらの記事もいかがですか</h3><ul>{{links}}</ul></div></div><footer>{{foot}}</footer>""",
    "flat": """{{menu}}<hr><h2>{{title}}</h2><p>{{stamp}} 配信</p><p>記者 {{author}}</p>{{body}}<p>(c)試験新聞社</p>
<p>ツイート シェア ブックマーク</p><p>関連記事</p><ul>{{links}}</ul><p>アクセスランキング</p><ul>{{list}}</ul>
<p>{{foot}}</p>""",
    "newsletter": """<div class="l-wrap"><div class="l-main"><h1 class="a-ttl">{{title}}</h1><div class="a-info">
<time datetime="{{iso}}">{{stamp}}</time> <span>{{author}}</span></div>
<div class="a-tools"><span>文字を大きく</span><span>記事を印刷</span><span>後で読む</span></div>
<div class="a-body">{{body}}</div>
<div class="a-mail">
<p>毎朝7時に主なニュースをまとめてお送りするメールを始めました。登録は無料です。ぜひご利用ください。</p></div>
<div class="a-list"><h2>同じテーマの記事</h2>{{links}}</div><div class="a-wk"><h2>今週よく読まれた記事</h2>
<ol>{{list}}</ol></div>
</div></div><div class="l-foot">{{foot}}</div>""",
    "definition": """<div class="w"><div class="hd">{{menu}}</div><div class="ct"><dl class="art"><dt>{{title}}</dt>
<dd class="d">{{stamp}} {{author}}</dd><dd class="b">{{body}}</dd></dl><p class="bk"><a href="/list">一覧に戻る</a>
</p>
<div class="inq"><p>この件に関する問い合わせ先</p><p>広報室 電話03-0000-0000(平日9時から17時)</p></div></div>
<div class="ft">{{foot}}</div></div>""",
    "generated": """<div id="__next"><div class="css-1x2y"><div class="css-a">{{menu}}</div><div class="css-b">
<div class="css-c">
<div class="css-d"><h1 class="css-e">{{title}}</h1><div class="css-f"><div class="css-h">{{stamp}} {{author}}</div>
</div></div>
<div class="css-i"><div class="css-j">アプリなら通知ですぐ届きます。アプリで開く</div>
<div class="css-k">{{body}}</div></div>
<div class="css-l"><div class="css-m">この記事をシェア</div><div class="css-n">おすすめ</div>{{links}}</div></div>
<div class="css-o"><div>トレンド</div>{{list}}</div></div></div><div class="css-p">{{foot}}</div></div>""",
    "photo": """<div class="cont"><ul class="bc"><li><a href="/">TOP</a></li><li><a href="/n">ニュース</a></li>
<li>{{title}}</li></ul>
<h1>{{title}}</h1><div class="st">{{stamp}} {{author}}</div><div class="tx"><div class="ph"><img src="x.jpg">
<div>図書館の外観=2025年1月、港町(山田太郎撮影)</div></div>{{body}}</div><div class="lk"><a href="/a">前へ</a>
<a href="/b">次へ</a></div>
<div class="rc">読者の皆さまからのご感想をお待ちしています。寄せられた声は紙面で紹介することがあります。</div>
<h4>新着ニュース</h4><ul>{{links}}</ul><h4>アクセス数の多い記事</h4><ul>{{list}}</ul></div>
<div class="cp">{{foot}}</div>""",
    "reactions": """<div id="container"><div id="hd"><a href="/"><img alt="logo"></a>{{menu}}</div><div id="bd">
<h1>{{title}}</h1><div><small>{{stamp}}</small> <small>{{author}}</small></div><section class="content">{{body}}</section>
<section><h2>編集部からのお知らせ</h2><p>新しい連載「町の機械学習」が始まりました。毎週金曜の朝に載せています。</p></section>
<section><h2>この記事への反応</h2><p>とても参考になりました。続報を待っています。</p></section>
<section><h2>最新の記事</h2><ul>{{links}}</ul></section></div><div id="ft">{{foot}}</div></div>""",
    "quoted": """<table border=0><tr><td bgcolor=#eeeeee>{{menu}}</td></tr></table><blockquote>
<font size=+2><b>{{title}}</b></font><p align=right><i>{{stamp}}</i> <i>{{author}}</i></p>{{body}}
<p align=center><a href="./">目次に戻る</a>　<a href="/c">感想を送る</a></p></blockquote><hr><address>{{foot}}</address>""",
    "release": """<div class="head">{{menu}}</div><div class="release"><div class="company">試験データ株式会社</div>
<h2 class="rl-ttl">{{title}}</h2><div class="rl-date">{{stamp}} {{author}}</div><div class="rl-body">{{body}}</div>
<div class="rl-info"><div>会社概要</div><table><tr><th>会社名</th><td>試験データ株式会社</td></tr><tr><th>所在地</th>
<td>東京都港区芝0-0-0</td></tr></table></div><div class="rl-dl"><a href="/z">素材をダウンロード</a></div></div>
<div class="others"><div>この企業のほかのリリース</div><ul>{{links}}</ul></div><div class="f">{{foot}}</div>""",
}
"""Layouts by name; each shows title, time and author somewhere, and much that is not the article."""

BETWEEN = (
    '<div class="ad-slot">スポンサーリンク</div>',
    '<div class="x9"><p>関連する記事</p><ul><li><a href="/x1">人工知能の動きを時系列で整理した</a></li></ul></div>',
    '<figure><img src="/2.jpg"><figcaption>撮影=試験新聞社</figcaption></figure>',
)
"""What sites put in the middle of the text."""


def body_markup(paragraphs: tuple[str, ...], markup: str, between: str = "") -> str:
    """Paragraphs as ``p``, ``div`` or lines with breaks; something between the second and the third."""
    lines = [html.escape(text) for text in paragraphs]
    if markup == "br":
        return "<br>\n<br>\n".join(lines)
    marked = [f"<{markup}>{line}</{markup}>" for line in lines]
    if len(marked) > 2:
        marked.insert(2, between)
    return "\n".join(marked)


def page(
    story: Story, layout: str, markup: str = "p", *, between: str = "", head: str = "", linked_data: bool = False
) -> bytes:
    """A story's page in a layout, in UTF-8."""
    when = story.published
    parts = {
        "title": html.escape(story.title),
        "author": html.escape(story.author),
        "iso": when.isoformat(),
        "stamp": f"{when.year}年{when.month}月{when.day}日 {when.hour}時{when.minute:02d}分",
        "body": body_markup(story.paragraphs, markup, between),
        "menu": " ".join(f'<a href="/{i}">{name}</a>' for i, name in enumerate(MENU)),
        "links": "".join(f'<li><a href="/o/{i}">{name}</a></li>' for i, name in enumerate(OTHERS)),
        "list": "".join(f"<li>{name}</li>" for name in OTHERS),
        "foot": FOOT,
    }
    inner = LAYOUTS[layout]
    for name, text in parts.items():
        inner = inner.replace("{{" + name + "}}", text)
    if linked_data:
        data = {"@type": "NewsArticle", "headline": story.title, "datePublished": when.isoformat()}
        head += f'<script type="application/ld+json">{json.dumps(data, ensure_ascii=False)}</script>'
    return (
        f'<!DOCTYPE html><html lang="ja"><head><meta charset="utf-8"><title>{parts["title"]} - 試験新聞</title>'
        f'<meta property="og:title" content="{parts["title"]}">'
        f'<meta property="og:site_name" content="試験新聞">{head}'
        f"</head><body>{inner}</body></html>"
    ).encode()


def bare_page(body: str, head: str = "") -> bytes:
    """A page with nothing but a body."""
    return (
        f'<!DOCTYPE html><html lang="ja"><head><meta charset="utf-8">{head}</head><body>{body}</body></html>'.encode()
    )
