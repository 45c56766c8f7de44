"use strict";
// Searches the claims of all weeks in the browser, also when the pages are opened from a disk. The index is loaded when
// the search is first used; what is found is set as text, never as markup.
const kawaraban = (() => {
  const MOST = 50;
  const ENOUGH = 0.5;
  const claims = new Map(); // a claim's page -> what it last said, from the newest week that speaks of it
  const newest = new Map(); // a claim's page -> that week
  let loading = null;

  // Width, case, kana, spaces and middle dots do not matter.
  function folded(text) {
    return text.normalize("NFKC").toLowerCase()
      .replace(/[\u3041-\u3096]/g, (c) => String.fromCharCode(c.charCodeAt(0) + 0x60))
      .replace(/[\s\u30fb・_-]/g, "");
  }

  function bigrams(text) {
    const points = Array.from(text);
    return points.length < 2 ? points : points.slice(1).map((point, n) => points[n] + point);
  }

  function add(week, names, rows) {
    for (const [page, subject, head, value, kind, sentence, publisher, date] of rows) {
      if (newest.has(page) && newest.get(page) >= week) continue;
      newest.set(page, week);
      claims.set(page, {
        page, head, value, kind, sentence, publisher, date,
        title: folded(head + (names[subject] || "") + value),
        text: folded(head + (names[subject] || "") + value + kind + sentence + publisher),
      });
    }
  }

  function load() {
    loading = loading || Promise.all(kawarabanWeeks.map((week) => new Promise((done) => {
      const script = document.createElement("script");
      script.src = "search/" + week + ".js";
      script.onload = script.onerror = done;
      document.head.append(script);
    })));
    return loading;
  }

  // All words as they stand first; where no claim has them, those that share most pairs of characters.
  function find(query) {
    const words = query.split(/\s+/).map(folded).filter(Boolean);
    if (!words.length) return [];
    const all = Array.from(claims.values());
    const exact = all.filter((claim) => words.every((word) => claim.text.includes(word))).map((claim) => [
      words.filter((word) => claim.title.includes(word)).length, claim,
    ]);
    const pairs = words.flatMap(bigrams);
    const near = exact.length ? exact : all.map((claim) => [
      pairs.filter((pair) => claim.text.includes(pair)).length / pairs.length, claim,
    ]).filter(([share]) => share >= ENOUGH);
    near.sort(([a, one], [b, other]) =>
      b - a || (one.date < other.date) - (one.date > other.date) || (one.page > other.page) - (one.page < other.page));
    return near.map(([, claim]) => claim);
  }

  function shown(claim) {
    const item = document.createElement("li");
    const link = document.createElement("a");
    link.href = claim.page;
    link.textContent = claim.head + ": " + claim.value;
    const text = document.createElement("p");
    text.textContent = claim.kind + " " + claim.date + " 「" + claim.sentence + "」 " + claim.publisher;
    item.append(link, text);
    return item;
  }

  async function search() {
    const query = document.getElementById("query").value.trim();
    await load();
    if (query !== document.getElementById("query").value.trim()) return;
    const found = find(query);
    const told = found.length > MOST ? found.length + "件のうち" + MOST + "件" : found.length + "件";
    document.getElementById("found").textContent = query ? (found.length ? told : "見つかりません") : "";
    document.getElementById("results").replaceChildren(...found.slice(0, MOST).map(shown));
  }

  document.getElementById("query").addEventListener("input", search);
  document.getElementById("search-form").addEventListener("submit", (event) => {
    event.preventDefault();
    search();
  });
  return { add };
})();
