/* The search of the site. Words and titles come as scripts, since a page that is opened as a file can load nothing else. */
"use strict";

const upverdict = (() => {
  const SPACELESS = "\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u2e80-\u2fdf\u3005-\u3007\u3040-\u30ff\u31f0-\u31ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff";
  const WORD = new RegExp(`[${SPACELESS}]+|(?:(?![${SPACELESS}])[\\p{L}\\p{N}\\p{M}])+`, "gu");
  const IS_SPACELESS = new RegExp(`^[${SPACELESS}]`);
  const LISTED = 500, LONGEST = 32, SHOWN = 50, MOST_FILES = 40;

  const loading = new Map(); // by file, the promise that it has come
  const words = new Map(); // by shard, its words with the numbers of debates
  const debates = []; // by number: id, title, headline, day, state
  let shards = [];
  let asked = 0;

  const load = (file) => {
    if (!loading.has(file)) {
      loading.set(file, new Promise((done, failed) => {
        const script = document.createElement("script");
        script.src = `search/${file}`;
        script.onload = () => done();
        script.onerror = () => { loading.delete(file); failed(new Error(file)); };
        document.head.append(script);
      }));
    }
    return loading.get(file);
  };

  const points = (text) => [...text].slice(0, 2).map((c) => c.codePointAt(0).toString(16)).join("-");

  /* What is looked for: whole words, and the last one as a beginning. */
  const sought = (text) => {
    const plain = text.normalize("NFKD").toLowerCase().replace(/[\u0300-\u036f]/g, "");
    const found = [];
    for (const [word] of plain.matchAll(WORD)) {
      const letters = [...word];
      if (!IS_SPACELESS.test(word)) found.push(letters.slice(0, LONGEST).join(""));
      else if (letters.length === 1) found.push(word);
      else for (let n = 0; n + 1 < letters.length; n++) found.push(letters[n] + letters[n + 1]);
    }
    return found;
  };

  /* The numbers of the debates that have a word, or one that begins so. */
  const having = async (word, whole) => {
    const key = points(word);
    const wanted = shards.filter((s) => s === key || ([...word].length === 1 && s.startsWith(`${key}-`)));
    const found = new Set();
    await Promise.all(wanted.slice(0, MOST_FILES).map((s) => load(`w-${s}.js`)));
    for (const shard of wanted.slice(0, MOST_FILES)) {
      for (const [one, numbers] of words.get(shard) || []) {
        if (one === word || (!whole && one.startsWith(word))) for (const n of numbers) found.add(n);
      }
    }
    return found;
  };

  const search = async (text) => {
    const mine = ++asked;
    const list = document.getElementById("found"), told = document.getElementById("told");
    const of = sought(text);
    if (!of.length) { list.replaceChildren(); told.textContent = ""; return; }
    try {
      const sets = await Promise.all(of.map((word, n) => having(word, n + 1 < of.length)));
      if (mine !== asked) return;
      sets.sort((a, b) => a.size - b.size);
      const hits = [...sets[0]].filter((n) => sets.every((s) => s.has(n))).sort((a, b) => a - b);
      const shown = hits.slice(0, SHOWN);
      await Promise.all([...new Set(shown.map((n) => Math.floor(n / LISTED)))].map((n) => load(`t-${n}.js`)));
      if (mine !== asked) return;
      list.replaceChildren(...shown.map(item));
      const more = hits.length > SHOWN ? `, the newest ${SHOWN} of them below` : "";
      told.textContent = hits.length ? `${hits.length} ${hits.length === 1 ? "debate" : "debates"}${more}` : "Nothing found.";
    } catch (error) {
      if (mine === asked) told.textContent = `A part of the search can't be loaded (${error.message}).`;
    }
  };

  const element = (name, text, set = {}) => {
    const made = document.createElement(name);
    made.textContent = text;
    for (const [key, value] of Object.entries(set)) made.setAttribute(key, value);
    return made;
  };

  const item = (number) => {
    const [id, title, headline, day, state] = debates[number];
    const made = document.createElement("li");
    made.append(element("a", title, { href: `debates/${id}.html`, dir: "auto" }));
    if (headline) made.append(element("p", headline, { dir: "auto" }));
    made.append(element("p", state === "finished" ? day : `${day} · ${state}`, { class: "where" }));
    return made;
  };

  const begin = () => {
    const form = document.getElementById("search"), field = document.getElementById("words");
    form.hidden = false;
    form.addEventListener("submit", (event) => event.preventDefault());
    load("shards.js").then(() => {
      field.addEventListener("input", () => search(field.value));
      if (field.value) search(field.value);
    }, () => { document.getElementById("told").textContent = "The search can't be loaded."; });
  };
  if (document.readyState === "loading") document.addEventListener("DOMContentLoaded", begin);
  else begin();

  return {
    shards: (given) => { shards = given; },
    words: (shard, given) => {
      const total = (gaps) => { let at = 0; return gaps.map((gap) => (at += gap)); };
      words.set(shard, given.map(([word, gaps]) => [word, total(gaps)]));
    },
    titles: (chunk, given) => given.forEach((one, n) => { debates[chunk * LISTED + n] = one; }),
  };
})();
