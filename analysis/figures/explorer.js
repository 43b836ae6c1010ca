// The explorer's views of the tables that explorer_search.js reads. No dependencies, no request:
// whatever comes from a source or an address reaches the page as text, never as markup.

const ROWS = 60; // lines shown before “more”
const SLOTS = 240; // marks that fit on the strip of the longest interview
const STRIPS = 8; // interviews whose strips are shown before “more”

// ---- Addresses

// A state is a path of words and a few filters: concordance/lemma/connect?role=interviewee
const FILTERS = ["interview", "role", "sort", "order", "least"];

function address({ path, filters = {} }) {
  const encode = (part) => encodeURIComponent(String(part).toWellFormed());
  const asked = FILTERS.filter((key) => filters[key])
    .map((key) => `${key}=${encode(filters[key])}`);
  return path.map(encode).join("/") + (asked.length ? `?${asked.join("&")}` : "");
}

function parse(text) {
  const [path, query] = text.split("?");
  try {
    return {
      path: path.split("/").map(decodeURIComponent),
      filters: Object.fromEntries(new URLSearchParams(query)),
    };
  } catch {
    return { path: ["concordance"], filters: {} }; // a malformed address
  }
}

// ---- Elements

// el("p.quiet", { lang: "en" }, "text", …): the properties may be left out.
function el(kind, ...children) {
  const [name, ...classes] = kind.split(".");
  const space = name === "svg" || name === "path" ? "2000/svg" : "1999/xhtml";
  const made = document.createElementNS(`http://www.w3.org/${space}`, name);
  if (classes.length) made.setAttribute("class", classes.join(" "));
  const properties = children[0]?.constructor === Object ? children.shift() : {};
  for (const [key, value] of Object.entries(properties)) {
    if (typeof value === "function") made.addEventListener(key, value);
    else if (value !== false && (value ?? null) !== null) {
      made.setAttribute(key, value === true ? "" : value);
    }
  }
  made.append(...children.flat(Infinity).filter((child) => (child ?? null) !== null));
  return made;
}

const SHAPES = {
  o: "M6 1.5a4.5 4.5 0 1 0 .01 0z", s: "M2 2h8v8H2z", "^": "M6 1l5 9.5H1z",
  D: "M6 .8L11.2 6 6 11.2.8 6z", v: "M6 11L1 1.5h10z",
  P: "M4.3 1h3.4v3.3H11v3.4H7.7V11H4.3V7.7H1V4.3h3.3z",
  X: "M3.4 1L6 3.6 8.6 1 11 3.4 8.4 6 11 8.6 8.6 11 6 8.4 3.4 11 1 8.6 3.6 6 1 3.4z",
};

function marker({ data }, interview) {
  const d = SHAPES[data.markers[interview % data.markers.length]] ?? SHAPES.o;
  return el("svg.marker", { viewBox: "0 0 12 12", "aria-hidden": "true" },
    el("path", { d, fill: colour({ data }, interview) }));
}

const colour = ({ data }, interview) => data.colours[interview % data.colours.length];

// A text with some spans marked; `here` is the span that was asked for.
function marked(text, spans, here) {
  const cuts = [...new Set([0, text.length, ...spans.flat(), ...(here ?? [])])];
  cuts.sort((a, b) => a - b);
  const within = (span, at) => span[0] <= at && at < span[1];
  return cuts.slice(0, -1).map((from, i) => {
    const piece = text.slice(from, cuts[i + 1]);
    const asked = here && within(here, from);
    if (spans.some((span) => within(span, from))) {
      return el("mark", { class: asked ? "here" : null }, piece);
    }
    return asked ? el("span.here", piece) : piece;
  });
}

const short = (text) =>
  (text.length > 110 ? `${text.slice(0, 105).replace(/\s+\S*$/, "")} …` : text);

const field = (label, control) => el("label.field", el("span", label), control);

// An option is a pair of value and label; a group of options, a pair of label and options.
function select(options, value, act, properties = {}) {
  const option = ([key, label]) => (Array.isArray(label)
    ? el("optgroup", { label: key }, label.map(option)) : el("option", { value: key }, label));
  const made = el("select", { ...properties, change: () => act(made.value) },
    options.map(option));
  made.value = value;
  if (made.selectedIndex < 0) made.selectedIndex = 0;
  return made;
}

// ---- One explorer

function mount(root) {
  const tables = root.querySelector("script[type='application/json']");
  const corpus = read(JSON.parse(tables.textContent));
  const interviewOf = (key) => corpus.interviews[corpus.byId.get(key)];
  document.explorers = (document.explorers ?? 0) + 1;
  const id = `x${document.explorers}`;
  const paged = Boolean(root.closest("[data-addresses]"));
  const { data } = corpus;
  const latest = { ...data.starts }; // the address at which each view was left
  const trail = []; // where Back leads while there is no address bar
  let state = parse(latest[data.view] ?? "concordance");
  let opener = null; // what opened the explorer from outside, and the address it was at
  let titles = null; // by passage
  let typing = false; // the first letter makes a step to go back to, the next ones do not

  // ---- Parts that stay

  const status = el("p.status", { tabindex: "-1", role: "status" });
  const results = el("div.results");
  const controls = el("div.controls");
  const tabs = el("div.tabs", { role: "group", "aria-label": "Views" });
  const foot = el("p.foot", data.holds, el("span.keys",
    " Keys: / to search, arrows along a strip and between passages, Escape to go back."));
  const live = el("div.explorer-live", { role: "group", "aria-label": "Explorer" },
    tabs, controls, status, results, foot);
  // JupyterLab reads keys as commands unless the focused element forbids it; saving is let through.
  live.addEventListener("focusin", ({ target }) => { target.dataset.lmSuppressShortcuts = "true"; });
  live.addEventListener("keydown", ({ target, key, ctrlKey, metaKey }) => {
    const saves = (ctrlKey || metaKey) && key === "s";
    target.toggleAttribute("data-lm-suppress-shortcuts", !saves);
  }, true);

  // ---- Moving about

  function link(to, properties, ...children) {
    const target = address(to);
    const made = paged ? el("a", { ...properties, href: `#${id}/${target}` }, ...children)
      : el("button", { ...properties, type: "button" }, ...children);
    made.dataset.to = target;
    return made;
  }

  function go(target, { replace = false, focus = true } = {}) {
    const depth = paged ? history.state?.depth ?? 0 : trail.length;
    if (paged) {
      const write = replace ? "replaceState" : "pushState";
      history[write]({ depth: depth + (replace ? 0 : 1) }, "", `#${id}/${target}`);
    } else if (!replace) trail.push(address(state));
    state = parse(target);
    show();
    if (focus) status.focus({ preventScroll: true });
    if (focus && root.getBoundingClientRect().top < 0) root.scrollIntoView();
  }

  const step = (to, options) => go(address(to), options);
  const put = (...path) => step({ path, filters: state.filters }, { focus: false });
  const refilter = (change) =>
    step({ path: state.path, filters: { ...state.filters, ...change } }, { focus: false });

  function back() {
    if (paged && history.state?.depth) history.back();
    else if (!paged && trail.length) {
      const left = address(state);
      state = parse(trail.pop());
      arrive(left);
    } else step({ path: listOf(state.path), filters: state.filters }, { replace: true });
  }

  // Show a state that the reader came back to, and put the focus where it was.
  function arrive(left) {
    const box = controls.querySelector(".search");
    if (box) box.value = state.path[2] ?? ""; // or leaving it would search for it again
    show();
    const places = [".node, .quote, .number, th a, th button", "[data-to]:not(tr)"]
      .flatMap((kind) => [...results.querySelectorAll(kind)]);
    const from = places.find((one) => one.dataset.to === left);
    (from ?? status).focus({ preventScroll: Boolean(!from) });
  }

  function own(hash) {
    return hash.startsWith(`#${id}/`) ? hash.slice(id.length + 2) : null;
  }

  function travel() {
    if (!root.isConnected) return;
    const left = address(state);
    const target = own(location.hash);
    if (target === null) {
      state = parse(data.starts[data.view] ?? "concordance");
      show();
      if (opener?.at === location.href) opener.from.focus({ preventScroll: true });
    } else if (target !== left) {
      state = parse(target);
      arrive(left);
    }
  }

  // ---- What is found under an address

  const listOf = (path) => (path[0] === "passage" ? path.slice(3) : path);

  function tracksOf(path) {
    return path.slice(1, 3).filter(Boolean).map((part) => {
      const [kind, ...rest] = part.split(":");
      const value = rest.join(":");
      const found = kind === "theme" ? byCode(corpus, value) : search(corpus, kind, value);
      return { kind, value, ...found, hits: filtered(corpus, found.hits, state.filters) };
    });
  }

  function listed([view, ...path]) {
    if (view === "concordance" && path[1]) {
      const found = search(corpus, path[0], path[1]);
      const hits = filtered(corpus, found.hits, state.filters);
      return { ...found, hits: sorted(corpus, hits, state.filters.sort) };
    }
    if (view === "strips") {
      const hits = tracksOf([view, ...path]).flatMap((track) => track.hits);
      return { hits: hits.sort(ordered) };
    }
    if (view === "quotes") return quotes(path);
    if (view === "evidence") {
      const finding = corpus.findings.find((one) => one.id === path[0]);
      return { told: finding?.sentence, hits: finding?.hits ?? [] };
    }
    return { hits: [] };
  }

  function quotes([wanted, id, interview]) {
    const set = corpus.sets.find((one) => one.id === wanted);
    const code = set?.codes.find((one) => one.id === id);
    const hits = set?.hits.filter((hit) => hit.code === id) ?? [];
    return {
      told: `${code?.name ?? id}, ${interviewOf(interview)?.label ?? interview}`,
      definition: code?.definition,
      hits: filtered(corpus, hits, { role: state.filters.role, interview }),
    };
  }

  const passageOf = (hit) => {
    const passage = corpus.passages[hit.passage];
    const span = `${points(passage, hit.start)}-${points(passage, hit.end)}`;
    const interview = corpus.interviews[passage.interview].id;
    return { path: ["passage", interview, span, ...listOf(state.path)], filters: state.filters };
  };

  const voice = (passage) => passage.speaker || (data.voices[passage.role] ?? passage.role);

  function scope({ role, interview } = state.filters) {
    const label = interviewOf(interview)?.label ?? (interview || "all interviews");
    return `${role || "all voices"}, ${label}`;
  }

  function source(passage) {
    const { label } = corpus.interviews[passage.interview];
    return el("span.source", marker(corpus, passage.interview),
      el("span", label));
  }

  // ---- Lists of lines and of quotes

  const inLine = (text) => text.replace(/\s/g, " ").replace(/ $/, "\u00a0");

  // Show some rows, and the others on request.
  function growing(hits, make, holder, many = ROWS) {
    let shown = 0;
    const button = el("button", { type: "button", class: "more", click: more });
    function more() {
      const rows = hits.slice(shown, shown + many).map(make);
      holder.append(...rows);
      shown += rows.length;
      button.textContent = `${Math.min(many, hits.length - shown)} more of ${hits.length}`;
      button.hidden = shown >= hits.length;
      if (shown > many) (rows[0].querySelector("a, button") ?? rows[0]).focus();
    }
    more();
    return button;
  }

  function lines(hits) {
    const body = el("tbody");
    const head = ["interview", "voice", "before", "word and after"]
      .map((name) => el("th", { scope: "col" }, name));
    // Columns of fixed width: the browser need not measure every line to draw the first.
    const columns = ["aside", "aside", null, null].map((kind) => el("col", { class: kind }));
    const table = el("table.lines", el("colgroup", columns),
      el("thead", el("tr", head)), body);
    const line = (hit) => {
      const passage = corpus.passages[hit.passage];
      const { left, node, right } = sides(corpus, hit);
      const to = passageOf(hit);
      const row = el("tr",
        el("td.aside", source(passage)),
        el("td.aside.voice", voice(passage)),
        el("td.before", el("bdi", inLine(left))),
        el("td.after", link(to, { class: "node" }, el("bdi", inLine(node))),
          el("bdi", inLine(right))));
      row.dataset.to = address(to);
      return row;
    };
    const more = growing(hits, line, body);
    return [table, more];
  }

  function quoteList(hits) {
    const list = el("ul.quotes");
    const item = (hit) => {
      const passage = corpus.passages[hit.passage];
      const text = passage.text.slice(hit.start, hit.end);
      const spans = (hit.marks ?? []).map(([from, to]) => [from - hit.start, to - hit.start]);
      return el("li",
        el("p.meta", source(passage), " · ", voice(passage),
          hit.by ? ` · coded by ${hit.by}` : ""),
        el("p", { dir: "auto" }, link(passageOf(hit), { class: "quote" }, marked(text, spans))));
    };
    const more = growing(hits, item, list);
    return [list, more];
  }

  // ---- Strips

  function strips(tracks) {
    const preview = el("p.preview", { "aria-hidden": "true" });
    const places = tracks.map((track) =>
      Map.groupBy(track.hits, (hit) => corpus.passages[hit.passage].interview));
    const all = corpus.interviews.map((_, i) => i);
    const few = all.length <= STRIPS ? all : all.filter((i) => places.some((own) => own.has(i)));
    const holder = el("div.strips");
    const make = (interview) => el("div.strip-group", tracks.map(({ told }, i) =>
      strip(interview, told, places[i].get(interview) ?? [], i, tracks.length, preview)));
    const more = growing(few, make, holder, STRIPS);
    const told = el("p.key", "In reading order from left to right; pale: the ",
      "interviewee. Select a mark to read its passage.");
    return [holder, preview, more, told];
  }

  function strip(interview, told, own, order, many, preview) {
    const { label } = corpus.interviews[interview];
    const line = el("div.line", { role: "group",
      "aria-label": `${told}, ${label}: ${number(own.length, "mark")}` }, bands(interview));
    const marks = slots(interview, own).map(([at, hits]) => mark(at, hits, interview, order));
    line.append(...marks);
    listen(line, marks, (near) => {
      for (const one of marks) one.classList.toggle("near", one === near);
      preview.replaceChildren(...(near?.shown ?? []));
    }, (one) => go(one.dataset.to));
    return el("div.strip",
      el("span.strip-name", source({ interview }),
        many > 1 ? el("span.track", told) : null),
      line, el("span.count", String(own.length)));
  }

  function bands(interview) {
    const { first, passages } = corpus.interviews[interview];
    const width = (from, to) => `${(100 * (to - from)) / corpus.longest}%`;
    const whole = el("i.whole");
    whole.style.width = width(0, corpus.interviews[interview].words);
    const all = passages.map((i) => corpus.passages[i]);
    return [whole, ...all.filter(({ role }) => role === "interviewee").map((passage) => {
      const band = el("i.band");
      band.style.left = width(first, passage.first);
      band.style.width = width(passage.first, passage.after);
      return band;
    })];
  }

  // Hits that would lie on top of each other share a mark.
  function slots(interview, hits) {
    const { first } = corpus.interviews[interview];
    const found = Map.groupBy(hits, (hit) => {
      const word = wordAt(corpus, corpus.passages[hit.passage], hit.start) - first;
      return Math.floor((SLOTS * word) / corpus.longest);
    });
    return [...found].map(([slot, own]) => [slot / SLOTS, own]);
  }

  function mark(at, hits, interview, order) {
    const { left, node, right } = sides(corpus, hits[0]);
    const label = left + node + right + (hits.length > 1 ? ` (${hits.length} here)` : "");
    const made = link(passageOf(hits[0]),
      { class: order ? "mark second" : "mark", "aria-label": label });
    made.style.left = `${100 * at}%`;
    made.style.setProperty("--own", colour(corpus, interview));
    made.shown = [left, el("mark", node), right];
    return made;
  }

  // All marks share one tab stop; the arrow keys move along them. A touch finds the nearest.
  function listen(area, marks, look, open) {
    marks.forEach((mark, i) => { mark.tabIndex = i ? -1 : 0; });
    const nearest = ({ clientX: x, clientY: y }) => {
      let best = null, least = 20;
      for (const mark of marks) {
        const { left, right, top, bottom } = mark.getBoundingClientRect();
        const away = Math.hypot(
          Math.max(left - x, 0, x - right), Math.max(top - y, 0, y - bottom));
        if (away < least) [best, least] = [mark, away];
      }
      return best;
    };
    area.addEventListener("pointermove", (event) => look(nearest(event)));
    area.addEventListener("pointerleave", () => look(null));
    area.addEventListener("focusin", ({ target }) => look(target));
    area.addEventListener("focusout", () => look(null));
    area.addEventListener("click", (event) => {
      if (event.ctrlKey || event.metaKey || event.shiftKey || String(getSelection())) return;
      const mark = event.detail ? nearest(event) : marks.find((one) => one.contains(event.target));
      event.stopPropagation();
      event.preventDefault();
      if (mark) open(mark);
    });
    area.addEventListener("keydown", (event) => {
      if (event.key === "Escape") look(null);
      const at = marks.indexOf(event.target);
      const ways = { ArrowRight: at + 1, ArrowLeft: at - 1, Home: 0, End: marks.length - 1 };
      const next = marks[ways[event.key]];
      if (!next) return;
      event.preventDefault();
      event.stopPropagation();
      marks[at].tabIndex = -1;
      next.tabIndex = 0;
      next.focus();
    });
  }

  // ---- The views: each says what was found, fills the controls, and gives its elements

  const speaks = new Set(corpus.passages.filter((one) => one.after > one.first)
    .map((one) => one.role));
  const voices = [["", "all voices"],
    ...Object.entries(data.voices).filter(([role]) => speaks.has(role))];
  const places = [["", "all interviews"], ...corpus.interviews.map((one) => [one.id, one.label])];

  const filters = () => [
    field("Voice", select(voices, state.filters.role ?? "", (role) => refilter({ role }))),
    places.length > 2 && state.path[0] !== "matrix" ? field("Interview", select(places,
      state.filters.interview ?? "", (interview) => refilter({ interview }))) : null,
  ];

  const views = {
    concordance: {
      title: "Concordance",
      keep: true,
      controls() {
        const box = searchBox();
        const asked = state.path[1] === "phrase" ? "word" : state.path[1];
        const way = select(Object.entries(WAYS), asked, (value) =>
          put("concordance", value, box.value));
        const sort = [["", "reading order"], ["left", "the word before"],
          ["right", "the word after"]];
        return [field("Find", box), field("Match", way), ...filters(),
          field("Sort by", select(sort, state.filters.sort ?? "", (value) =>
            refilter({ sort: value })))];
      },
      show() {
        const [, way = "lemma", query = ""] = state.path;
        if (!query.trim()) return [say("Type a word or select one."), ...browse()];
        const { told, hits } = listed(state.path);
        say(`${told}, ${scope()}: ${number(hits.length, "line")}.${inTitles(told, hits)}`);
        if (!hits.length) return nothing(way, query, told);
        return [...strips([{ told, hits }]), ...lines(hits)];
      },
    },
    strips: {
      title: "Strips",
      controls: () => [trackField("First", 1), trackField("Second", 2), ...filters()],
      show() {
        const tracks = tracksOf(state.path);
        if (!tracks.length) return [say("Choose a word, a name or a theme."), ...browse()];
        const counts = tracks.map((one) => `${one.told}: ${number(one.hits.length, "mark")}`);
        say(`${counts.join("; ")} (${scope()}).`);
        return [...strips(tracks), ...(tracks.length > 1 ? together(tracks) : [])];
      },
    },
    matrix: {
      title: "Quotes",
      controls() {
        const sets = corpus.sets.map((set) => [set.id, set.title]);
        const codes = field("Codes", select(sets, state.path[1] ?? "", (set) => put("matrix", set)));
        return [sets.length > 1 ? codes : null, ...filters()];
      },
      show: matrix,
    },
    compare: { title: "Compare", controls: compareControls, show: compare },
    evidence: { title: "Evidence", controls: () => [], show: evidence },
    quotes: {
      part: "matrix",
      controls: () => [backButton("All quotes"), ...filters().slice(0, 1)],
      show() {
        const { told, definition, hits } = listed(state.path);
        say(`${told}: ${number(hits.length, "passage")}, ${state.filters.role || "all voices"}.`);
        return [definition ? el("p.quiet", definition) : null, ...quoteList(hits)];
      },
    },
    passage: { controls: () => [], show: passageView },
  };

  function say(text) {
    status.textContent = text;
    return null;
  }

  const backButton = (label = "Back") =>
    el("button", { type: "button", class: "return", click: back }, `← ${label}`);

  // ---- Concordance

  function searchBox() {
    const options = el("datalist", { id: `${id}-known` });
    let timer = 0;
    const way = () => state.path[1] || "lemma";
    const find = () => {
      clearTimeout(timer);
      const path = ["concordance", way(), box.value];
      if (address({ path }) === address({ path: state.path })) return;
      step({ path, filters: state.filters }, { replace: typing, focus: false });
      typing = true;
    };
    const done = () => { find(); typing = false; };
    const input = () => {
      clearTimeout(timer);
      timer = setTimeout(find, 120);
      const typed = fold(box.value);
      const near = vocabulary(corpus, way())
        .filter(([word]) => typed && fold(word).startsWith(typed)).slice(0, 12);
      options.replaceChildren(...near.map(([word]) => el("option", { value: word })));
    };
    const box = el("input", { type: "search", autocomplete: "off", spellcheck: "false",
      placeholder: "a word or a phrase", list: `${id}-known`, class: "search", input, change: done,
      keydown: ({ key }) => { if (key === "Enter") done(); } });
    box.value = state.path[2] ?? "";
    box.append(options);
    live.querySelector("datalist")?.remove();
    live.append(options);
    return box;
  }

  function inTitles(told, hits) {
    if (told.endsWith("(title)") || told.endsWith("(name)")) return "";
    titles ??= Map.groupBy(corpus.titles, (title) => title.passage);
    const inside = hits.filter((hit) => titles.get(hit.passage)?.some((title) =>
      title.start <= hit.start && hit.start < title.end)).length;
    return inside ? ` In titles: ${inside}.` : "";
  }

  const chip = (way, word, count) => {
    const path = state.path[0] === "strips" ? ["strips", `${way}:${word}`]
      : ["concordance", way, word];
    return el("li", link({ path, filters: state.filters }, { class: "chip" },
      word, count ? el("span.quiet", ` ${count}`) : null));
  };
  const chips = (label, items) => el("div.chips", el("p", label),
    el("ul", items));

  function nothing(way, query, told) {
    const { role, interview } = state.filters;
    const near = suggestions(corpus, way, query);
    const without = search(corpus, way, query).hits.length;
    return [
      without && (role || interview) ? el("p", link({ path: state.path, filters: {} },
        { class: "chip" }, `${number(without, "line")} in all voices and interviews`)) : null,
      near.length ? chips("Did you mean", near.map((word) => chip(way, word))) : null,
      near.length || without ? null : el("p", "There are no similar words here."),
    ];
  }

  function browse() {
    const { role, interview } = state.filters;
    const totals = new Map();
    for (const group of data.rates) {
      if (group.interview === null) continue; // a sum of the others
      if ((role && group.role !== role) || (interview && group.interview !== interview)) continue;
      for (const [term, count] of group.rows) totals.set(term, (totals.get(term) ?? 0) + count);
    }
    const words = [...totals].sort(byCount);
    const names = counted(filtered(corpus, corpus.names, state.filters));
    return [
      words.length ? chips("Frequent words",
        words.slice(0, 24).map(([word, count]) => chip("lemma", word, count))) : null,
      names.length ? chips("Names",
        names.slice(0, 16).map(([name, count]) => chip("name", name, count))) : null,
    ];
  }

  // ---- Strips of two at once

  function trackField(label, place) {
    const [kind = "", ...rest] = (state.path[place] ?? "").split(":");
    const value = rest.join(":");
    const choose = (part) => {
      const path = ["strips", state.path[1], state.path[2]];
      path[place] = part;
      put(...path.filter(Boolean));
    };
    const codes = corpus.sets.flatMap((set) => set.codes);
    const groups = [
      ["Themes", codes.map((code) => [`theme:${code.id}`, code.name])],
      ["Names", vocabulary(corpus, "name").slice(0, 60).map(([name]) => [`name:${name}`, name])],
    ];
    const known = select([["", place === 2 ? "nothing" : "a word:"],
      ...groups.filter(([, own]) => own.length)], state.path[place] ?? "", choose,
    { "aria-label": `${label}: theme or name` });
    const typed = () => choose(word.value.trim() ? `lemma:${word.value.trim()}` : "");
    const word = el("input", { type: "search", "aria-label": `${label}: word`,
      placeholder: "word", change: typed });
    word.value = kind && kind !== "theme" && kind !== "name" ? value : "";
    return el("div.field", el("span", label),
      el("span.pair", known, word));
  }

  // The paragraphs that contain both.
  function together([one, other]) {
    const second = Map.groupBy(other.hits, (hit) => hit.passage);
    const first = [...Map.groupBy(one.hits, (hit) => hit.passage)];
    const both = first.filter(([passage]) => second.has(passage)).map(([passage, hits]) => {
      const own = [...hits, ...second.get(passage)];
      const start = Math.min(...own.map((hit) => hit.start));
      const end = Math.max(...own.map((hit) => hit.end));
      return { passage, start, end, marks: own.flatMap(marksOf) };
    });
    const told = `Both occur in ${number(both.length, "paragraph")}${both.length ? ":" : "."}`;
    return [el("p.subtitle", told), ...quoteList(both.sort(ordered))];
  }

  // ---- Passage

  const spanned = (interview, span = "") =>
    locate(corpus, corpus.byId.get(interview), ...span.split("-").map(Number));

  function passageView() {
    const [, interview, span, ...from] = state.path;
    const here = spanned(interview, span);
    if (!here) {
      say("There is no such passage.");
      return [el("p", backButton())];
    }
    const { passage: found, start, end } = here;
    const passage = corpus.passages[found];
    const { hits } = listed(from);
    const at = hits.findIndex((hit) => hit.passage === found && hit.start === start
      && (hit.end === end || !span.includes("-")));
    say(`${interviewOf(interview).label}, ${voice(passage)}, characters ${points(passage, start)}–`
      + `${points(passage, end)} of the source${at < 0 ? "" : `; ${at + 1} of ${hits.length}`}.`);
    const inside = hits.filter((hit) => hit.passage === found);
    const spans = inside.flatMap(marksOf);
    const whole = start === 0 && end >= passage.text.length;
    return [steps(hits, at, found), el("div.passage",
      el("p.meta", source(passage), " · ", voice(passage), passage.speaker
        && passage.role !== "quoted" ? ` · ${data.voices[passage.role] ?? passage.role}` : ""),
      passage.prompt ? el("blockquote.prompt", el("p.label",
        "Question or lead"), el("p", { dir: "auto" }, passage.prompt)) : null,
      el("p.text", { dir: "auto" }, marked(passage.text, spans, whole ? null : [start, end])),
      el("p.meta", corpus.interviews[passage.interview].title))];
  }

  function steps(hits, at, found) {
    const move = (label, hit) => (hit ? link(passageOf(hit), { class: "step" }, label)
      : el("span.step.off", label));
    const beside = (i) => {
      const other = corpus.passages[i];
      const own = other && other.interview === corpus.passages[found].interview;
      return own ? { passage: i, start: 0, end: other.text.length } : null;
    };
    const previous = at >= 0 ? hits[at - 1] : null;
    const next = at >= 0 ? hits[at + 1] : null;
    const bar = el("div.steps", backButton(),
      hits.length > 1 ? [move("‹ Previous", previous), move("Next ›", next)] : [],
      move("↑ Previous paragraph", beside(found - 1)),
      move("↓ Next paragraph", beside(found + 1)));
    bar.ways = { ArrowLeft: previous, ArrowRight: next };
    return bar;
  }

  // ---- Quote matrix

  function matrix() {
    const set = corpus.sets.find((one) => one.id === state.path[1]) ?? corpus.sets[0];
    if (!set) return [say("There are no codes.")];
    const hits = filtered(corpus, set.hits, { role: state.filters.role });
    const cells = Map.groupBy(hits, (hit) =>
      `${hit.code} ${corpus.passages[hit.passage].interview}`);
    say(`${set.title} by interview, ${state.filters.role || "all voices"}: `
      + `${number(hits.length, "coded passage")}.`);
    const wide = corpus.interviews.length > 4;
    const code = ({ name, definition }) => el("th", { scope: wide ? "col" : "row" }, name,
      !wide && definition ? el("span.definition", definition) : null);
    const interview = (one, i) => el("th", { scope: wide ? "row" : "col" },
      source({ interview: i }), el("span.quiet", ` ${number(one.words, "word")}`));
    const cell = (one, i) => matrixCell(set, one, i, cells.get(`${one.id} ${i}`) ?? [], wide);
    const head = wide ? set.codes.map(code) : corpus.interviews.map(interview);
    const row = (at) => el("tr", wide
      ? [interview(corpus.interviews[at], at), set.codes.map((one) => cell(one, at))]
      : [code(set.codes[at]), corpus.interviews.map((_, i) => cell(set.codes[at], i))]);
    const body = el("tbody");
    const more = growing([...(wide ? corpus.interviews : set.codes).keys()], row, body, 30);
    const table = el("table", { class: wide ? "matrix wide" : "matrix" },
      el("thead", el("tr", el("td"), head)), body);
    return [el("div.scroll", { tabindex: "0", role: "group", "aria-label": set.title },
      table), more];
  }

  function matrixCell(set, code, interview, hits, wide) {
    const { id: chosen, label } = corpus.interviews[interview];
    if (!hits.length) return el("td.none", "0");
    const path = ["quotes", set.id, code.id, chosen];
    const { passage, start, end } = hits[0];
    const text = corpus.passages[passage].text.slice(start, end);
    return el("td",
      link({ path, filters: { role: state.filters.role } }, { class: "number",
        "aria-label": `${code.name}, ${label}: ${number(hits.length, "passage")}` },
      String(hits.length)),
      wide ? null : el("span.first", { dir: "auto" }, short(text)));
  }

  // ---- Compare

  const groupKey = ({ interview, role }) => (interview === null ? role : `${role}@${interview}`);
  const groupName = ({ interview, role }) =>
    `${data.voices[role] ?? role}, ${interviewOf(interview)?.label ?? "all interviews"}`;

  function sidesChosen() {
    const keys = data.rates.map(groupKey);
    const usual = parse(data.starts.compare).path;
    return [1, 2].map((place) => {
      const asked = keys.indexOf(state.path[place]);
      return Math.max(0, asked < 0 ? keys.indexOf(usual[place]) : asked);
    });
  }

  function compareControls() {
    const groups = data.rates.map((group) => [groupKey(group), groupName(group)]);
    const keys = sidesChosen().map((i) => groups[i]?.[0] ?? "");
    const side = (label, place) => field(label, select(groups, keys[place], (value) => {
      const path = ["compare", ...keys];
      path[place + 1] = value;
      put(...path);
    }));
    const orders = [["", "difference in rate"], ["first", "rate in the first"],
      ["second", "rate in the second"], ["word", "word"]];
    return [side("First", 0), side("Second", 1),
      field("Order", select(orders, state.filters.order ?? "", (order) => refilter({ order }))),
      field("At least", select([["", "3 times"], ["1", "once"], ["2", "twice"], ["5", "5 times"],
        ["10", "10 times"]], state.filters.least ?? "", (least) => refilter({ least })))];
  }

  function compare() {
    if (data.rates.length < 2) return [say("There is only one voice to count.")];
    const groups = sidesChosen().map((i) => data.rates[i]);
    const counts = groups.map(({ rows }) => new Map(rows.map(([term, ...row]) => [term, row])));
    // A word that a side lacks: no occurrence, and how frequent it could still be.
    const side = (term, k) => {
      const { words, most } = groups[k];
      const [count, low, high] = counts[k].get(term) ?? [0, most === null ? null : 0, most];
      return { count, low, high, rate: (1000 * count) / words };
    };
    const least = Number(state.filters.least || 3);
    const found = [...new Set(counts.flatMap((own) => [...own.keys()]))]
      .map((term) => ({ term, sides: [side(term, 0), side(term, 1)] }))
      .filter(({ sides: [a, b] }) => a.count + b.count >= least)
      .sort(compareOrder(state.filters.order));
    say(`${number(found.length, "word")}, ${groups.map(groupName).join(" and ")}: `
      + "per 1,000 words, with 95% intervals.");
    return compareTable(found, groups);
  }

  function compareOrder(order) {
    const gap = ({ sides: [a, b] }) => Math.abs(a.rate - b.rate);
    const value = { first: (row) => row.sides[0].rate, second: (row) => row.sides[1].rate,
      word: () => 0 }[order] ?? gap;
    return (a, b) => value(b) - value(a) || (a.term < b.term ? -1 : 1);
  }

  function compareTable(found, groups) {
    const scale = found.flatMap((row) => row.sides).reduce((most, one) =>
      Math.max(most, one.high ?? one.rate), 1);
    const [one, other] = groups;
    const narrowed = {
      role: one.role === other.role ? one.role : "",
      interview: one.interview === other.interview ? one.interview : "",
    };
    const row = ({ term, sides: both }) => el("tr",
      el("th", { scope: "row" },
        link({ path: ["concordance", "lemma", term], filters: narrowed }, {}, term)),
      el("td.plot", both.map((side, k) => interval(side, groups[k], k, scale))),
      both.map((side) => el("td.figure", side.rate.toFixed(1),
        el("span.quiet", ` (${side.count})`))));
    const body = el("tbody");
    const more = growing(found, row, body, 40);
    const titles = ["word", "rate and interval",
      ...groups.map((group, k) => [sideMarker(group, k), groupName(group)])];
    const head = titles.map((title) => el("th", { scope: "col" }, title));
    return [el("table.compare", el("thead", el("tr", head)), body), more,
      el("p.key", `The scale runs from 0 to ${Math.round(scale)} per 1,000 words; counts are in `,
        "brackets. Content words and titles are counted; a word’s lines show every use of it.")];
  }

  function sideMarker({ interview }, k) {
    return interview === null ? el("span", { class: `dot side-${k}` })
      : marker(corpus, corpus.byId.get(interview));
  }

  function interval(side, group, k, scale) {
    const at = (rate) => `${Math.min(100, (100 * rate) / scale)}%`;
    const line = el("span", { class: side.count ? "interval" : "interval none" });
    if (side.low !== null) {
      const bar = el("i");
      bar.style.left = at(side.low);
      bar.style.right = `calc(100% - ${at(side.high)})`;
      line.append(bar);
    }
    const dot = el("b", sideMarker(group, k));
    dot.style.left = at(side.rate);
    if (group.interview !== null) {
      line.style.setProperty("--own", colour(corpus, corpus.byId.get(group.interview)));
    }
    line.append(dot);
    return line;
  }

  // ---- Evidence

  function evidence() {
    const finding = corpus.findings.find((one) => one.id === state.path[1]);
    if (!finding) {
      say(`${number(corpus.findings.length, "finding")}; select one to read its passages.`);
      return [el("ul.findings", corpus.findings.map((one) => el("li",
        link({ path: ["evidence", one.id] }, {}, one.sentence),
        el("span.quiet", ` ${number(one.hits.length, "passage")}`))))];
    }
    // Single words are shown in their lines, sentences by themselves.
    const words = finding.hits.every((hit) => hit.end - hit.start <= 40);
    say(`${finding.sentence} It rests on ${number(finding.hits.length, "passage")}.`);
    return [el("p", link({ path: ["evidence"] }, { class: "return" }, "← All findings")),
      ...strips([{ told: "evidence", hits: finding.hits }]),
      ...(words ? lines(finding.hits) : quoteList(finding.hits))];
  }

  // ---- Showing a state

  const available = Object.entries(views).filter(([name, { title }]) => title && ({
    matrix: corpus.sets.length, evidence: corpus.findings.length,
    compare: data.rates.length > 1,
  }[name] ?? true));

  function show() {
    if (!Object.hasOwn(views, state.path[0])) state = parse("concordance");
    const [name] = state.path;
    const view = views[name];
    const origin = name === "passage" ? state.path[3] : name;
    const tab = views[origin]?.part ?? origin;
    if (name !== "passage") latest[name] = address(state);
    const box = controls.querySelector(".search");
    const inside = () => [...controls.querySelectorAll("input, select, button")];
    const at = inside().indexOf(document.activeElement);
    // Focus must not leave the page while the focused element is replaced: JupyterLab would take it.
    const held = live.contains(document.activeElement);
    // While somebody types, the box stays as it is.
    const typed = view.keep && box && document.activeElement === box;
    if (held && !typed) status.focus({ preventScroll: true });
    tabs.replaceChildren(...available.map(([key, { title }]) => link(
      parse(latest[key] ?? key), { "aria-current": key === tab ? "page" : null }, title)));
    if (!typed) controls.replaceChildren(...view.controls().filter(Boolean));
    if (at >= 0 && !typed) inside()[at]?.focus({ preventScroll: true });
    results.replaceChildren(...view.show().filter(Boolean));
  }

  // ---- Listening

  root.addEventListener("click", (event) => {
    const to = event.target.closest("[data-to]");
    if (!to || event.ctrlKey || event.metaKey || event.shiftKey || event.button) return;
    if (String(getSelection()) && to.tagName === "TR") return; // somebody copies a line
    event.preventDefault();
    go(to.dataset.to);
  });

  root.addEventListener("keydown", (event) => {
    const writes = /^(INPUT|SELECT|TEXTAREA)$/.test(event.target.tagName);
    const within = state.path[0] === "passage" || state.path[0] === "quotes";
    if (event.key === "Escape" && within) back();
    else if (event.key === "/" && !writes) {
      if (state.path[0] !== "concordance") go(latest.concordance);
      controls.querySelector(".search").select();
    }
    else if (!writes && state.path[0] === "passage") {
      const hit = results.querySelector(".steps")?.ways?.[event.key];
      if (!hit) return;
      step(passageOf(hit));
    } else return;
    event.preventDefault();
  });

  // ---- Marks of figures and numbers of findings, anywhere on the page: data-explore="evidence/…"

  function called(target) {
    const { path: [view, first = "", second = "", third], filters } = parse(target);
    const name = (part) => byCode(corpus, part.replace(/^theme:/, "")).told;
    const around = scope(filters);
    if (view === "passage") {
      const here = spanned(first, second);
      if (!here) return "A passage that is not included here";
      const passage = corpus.passages[here.passage];
      const { left, node, right } = sides(corpus, here);
      const text = node.length > 40 ? short(node) : left + node + right;
      return `${voice(passage)}, ${interviewOf(first).label}: ${text.replace(/\s+/g, " ").trim()}`;
    }
    if (view === "strips") {
      return `${[first, second].filter(Boolean).map(name).join(" and ")}, ${around}: where they occur`;
    }
    if (view === "quotes") {
      return `${name(second)}, ${scope({ ...filters, interview: third })}: the passages`;
    }
    if (view === "evidence") {
      return short(corpus.findings.find((one) => one.id === first)?.sentence ?? "Findings");
    }
    return `“${second.replace(/^“|”$/g, "")}”, ${around}: every line`;
  }

  function leave(from) {
    opener = { from, at: location.href };
    look(null);
    go(from.dataset.explore, { focus: false });
    root.scrollIntoView();
    status.focus({ preventScroll: true });
  }

  const tip = el("p.tip", { "aria-hidden": "true", hidden: true });
  live.append(tip);
  let pointed = null; // the mark that the tip is about
  function look(mark) {
    if (mark === pointed) return;
    pointed?.classList.remove("near");
    pointed = mark;
    tip.hidden = !mark;
    if (!mark) return;
    mark.classList.add("near");
    tip.textContent = mark.getAttribute("aria-label");
    const { left, width, top, bottom } = mark.getBoundingClientRect();
    const most = innerWidth - tip.offsetWidth - 8;
    tip.style.left = `${Math.max(8, Math.min(left + width / 2 - tip.offsetWidth / 2, most))}px`;
    const below = bottom + 8 + tip.offsetHeight < innerHeight;
    tip.style.top = `${below ? bottom + 8 : top - 8 - tip.offsetHeight}px`;
  }

  // If no script runs, the marks of a drawing are parts of a single picture.
  function figures() {
    const told = el("span", { hidden: true }, "Select a mark in any figure on this page to read its "
      + "passage here. ");
    foot.prepend(told);
    for (const svg of document.querySelectorAll("svg:has([data-explore])")) {
      const marks = [...svg.querySelectorAll("[data-explore]")];
      for (const mark of marks) {
        mark.setAttribute("href", `#${id}/${mark.dataset.explore}`);
        mark.setAttribute("aria-label", called(mark.dataset.explore));
      }
      svg.setAttribute("role", "group");
      listen(svg, marks, look, leave);
      told.hidden = false;
    }
  }
  if (paged && id === "x1") {
    document.addEventListener("click", (event) => {
      const from = event.target.closest?.("[data-explore]");
      if (!from) return;
      event.preventDefault();
      leave(from);
    });
    addEventListener("scroll", () => look(null), { passive: true });
    if (document.readyState === "loading") addEventListener("DOMContentLoaded", figures);
    else figures();
  }
  if (paged) addEventListener("popstate", travel);

  root.querySelector(".explorer-static").hidden = true;
  root.append(live);
  const asked = paged ? own(location.hash) : null;
  if (asked !== null) state = parse(asked);
  show();
  if (asked !== null) root.scrollIntoView();
}

// Each output of a notebook runs its own copy of this script, which starts what is not yet started.
for (const root of document.querySelectorAll(".explorer")) {
  if (root.explored) continue;
  root.explored = true;
  mount(root);
}
