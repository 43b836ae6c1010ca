// The explorer's tables: read from the JSON beside it, searched and counted. Nothing here touches
// the page. Statistics were computed in Python; here words are found in the texts.

const CONTEXT = 8; // words on either side of a line

// ---------------------------------------------------------------- Reading the tables

const straight = (text) => text.replace(/[‘’‛ʼ′]/g, "'");
const fold = (text) => straight(text).toLowerCase();
const number = (count, thing) =>
  `${count.toLocaleString("en")} ${thing}${count === 1 ? "" : "s"}`;

function read(data) {
  const p = data.passages;
  const passages = p.text.map((text, i) => ({
    text,
    interview: p.interview[i],
    role: p.role[i],
    speaker: p.speakers[p.speaker[i]] ?? "",
    prompt: p.prompts[p.prompt[i]] ?? "",
    start: p.start[i],
    // Python counts code points, JavaScript halves of some of them.
    wide: /[\u{10000}-\u{10FFFF}]/u.test(text),
  }));
  const corpus = { data, passages, types: data.words.types, lemmas: data.words.lemmas };
  corpus.interviews = data.interviews.map((one) => ({ ...one, passages: [], first: 0, words: 0 }));
  passages.forEach((passage, i) => corpus.interviews[passage.interview].passages.push(i));
  corpus.words = readWords(data.words, passages, corpus);
  corpus.names = readNamed(data.names);
  corpus.titles = readNamed(data.titles);
  corpus.sets = data.codes.map((set) => ({ ...set, hits: set.rows.map(codedHit) }));
  corpus.findings = data.evidence.map((one) => ({ ...one, hits: one.rows.map(spanHit) }));
  corpus.longest = Math.max(1, ...corpus.interviews.map((one) => one.words));
  return corpus;
}

const spanHit = ([passage, start, length]) => ({ passage, start, end: start + length });
const codedHit = ([code, passage, start, length, spans, by]) => ({
  ...spanHit([passage, start, length]), code, by,
  marks: spans.map(([first, size]) => [first, first + size]),
});
const readNamed = ({ names, name, rows }) => ({
  names, hits: rows.map((row, i) => ({ ...spanHit(row), name: name[i] })),
});

function grouped(hits, key) {
  const groups = new Map();
  for (const hit of hits) {
    const own = groups.get(key(hit));
    if (own) own.push(hit); else groups.set(key(hit), [hit]);
  }
  return groups;
}

// Columns of numbers, one entry for each word, in reading order.
function readWords({ types, type, gap, count, sentences }, passages, corpus) {
  const total = type.length;
  const words = { total, frequency: new Int32Array(types.length), runs: [] };
  for (const name of ["start", "end", "passage", "sentence"]) words[name] = new Int32Array(total);
  words.type = Int32Array.from(type);
  let at = 0;
  passages.forEach((passage, i) => {
    const interview = corpus.interviews[passage.interview];
    if (!interview.words) interview.first = at;
    interview.words += count[i];
    passage.first = at;
    for (let place = 0; at < passage.first + count[i]; at++) {
      words.start[at] = place += gap[at];
      words.end[at] = place += types[type[at]].length;
      words.passage[at] = i;
      words.frequency[type[at]]++;
    }
    passage.after = at;
  });
  at = 0;
  sentences.forEach((size, i) => words.sentence.fill(i, at, at += size));
  readRuns(words, types);
  return words;
}

// Words written as one, do + n’t: found whole and in their parts.
function readRuns(words, types) {
  const codes = new Map();
  words.run = new Int32Array(words.total).fill(-1);
  words.size = new Int32Array(words.total).fill(1);
  words.head = new Int32Array(words.total);
  for (let first = 0, after; first < words.total; first = after) {
    for (after = first + 1; after < words.total; after++) {
      if (words.passage[after] !== words.passage[first]) break;
      if (words.start[after] !== words.end[after - 1]) break;
    }
    words.head.fill(first, first, after);
    if (after - first === 1) continue;
    let text = "";
    for (let i = first; i < after; i++) text += types[words.type[i]];
    if (!codes.has(text)) codes.set(text, codes.size);
    words.run[first] = codes.get(text);
    words.size[first] = after - first;
  }
  words.runs = [...codes.keys()];
}

// ---------------------------------------------------------------- Searching

// The places after each word, or contraction, that fits; 0 where none does.
function ends(words, fits, runFits) {
  const after = new Int32Array(words.total);
  for (let i = 0; i < words.total; i++) {
    if (fits[words.type[i]]) after[i] = i + 1;
    if (runFits && words.run[i] >= 0 && runFits[words.run[i]]) after[i] = i + words.size[i];
  }
  return after;
}

// Words in a row inside one sentence; occurrences do not overlap.
function chain(words, chains) {
  const hits = [];
  for (let first = 0, last = 0; first < words.total; first++) {
    let after = chains[0][first];
    for (let k = 1; after && k < chains.length; k++) after = chains[k][after] ?? 0;
    if (!after || first < last || words.sentence[first] !== words.sentence[after - 1]) continue;
    const passage = words.passage[first];
    hits.push({ passage, start: words.start[first], end: words.end[after - 1] });
    last = after;
  }
  return hits;
}

const parts = (query) => query.trim().split(/\s+/).filter(Boolean);
const literal = (text) => straight(text).replace(/[\\^$.*+?()[\]{}|/]/g, "\\$&");

function byForm(corpus, query, open) {
  const own = parts(query);
  if (!own.length) return [];
  const chains = own.map((word, i) => {
    const rest = open && i === own.length - 1 ? ".*" : "";
    const expression = new RegExp(`^${literal(word)}${rest}$`, "iu");
    const fits = (texts) => texts.map((text) => expression.test(straight(text)));
    return ends(corpus.words, fits(corpus.types), fits(corpus.words.runs));
  });
  return chain(corpus.words, chains);
}

function byLemma(corpus, query) {
  const codes = parts(query).map((word) => corpus.lemmas.indexOf(word));
  if (!codes.length || codes.includes(-1)) return [];
  const fits = (code) => corpus.data.words.lemma.map((one) => one === code);
  return chain(corpus.words, codes.map((code) => ends(corpus.words, fits(code))));
}

// A lemma in another case; of a word and a name that differ in case alone, the word.
function otherCase(corpus, query) {
  corpus.spelt ??= new Map([...corpus.lemmas].sort().map((lemma) => [fold(lemma), lemma]));
  return parts(query).map((word) => corpus.spelt.get(fold(word)) ?? word).join(" ");
}

function lemmaOrForm(corpus, query) {
  const exact = byLemma(corpus, query);
  if (exact.length) return { told: `“${query}” (lemma)`, hits: exact };
  const other = otherCase(corpus, query);
  const found = byLemma(corpus, other);
  const formed = byForm(corpus, query);
  if (formed.length > found.length) {
    return { told: `“${query}” (word form, not a lemma)`, hits: formed };
  }
  return { told: `“${other}” (lemma)`, hits: found };
}

function byName({ names, hits }, query, kind, marks = "") {
  const code = names.findIndex((name) => fold(name) === fold(query));
  const told = `${marks ? "“" : ""}${names[code] ?? query}${marks ? "”" : ""} (${kind})`;
  return { told, hits: hits.filter((hit) => hit.name === code) };
}

function byCode(corpus, id) {
  for (const set of corpus.sets) {
    const code = set.codes.findIndex((one) => one.id === id);
    if (code >= 0) {
      const hits = set.hits.filter((hit) => hit.code === code);
      return { told: set.codes[code].name, hits, thing: "passage" };
    }
  }
  return { told: `${id} (no such theme)`, hits: [] };
}

const FINDERS = {
  lemma: lemmaOrForm,
  word: (corpus, text) => ({ told: `“${text}” (word form)`, hits: byForm(corpus, text) }),
  prefix: (corpus, text) => ({ told: `“${text}” (prefix)`, hits: byForm(corpus, text, true) }),
  name: (corpus, text) => byName(corpus.names, text, "name"),
};
FINDERS.phrase = FINDERS.word;
const WAYS = {
  lemma: "all forms of a word", word: "these words", prefix: "words beginning with this", name: "name",
};

// Forgives quotation marks around the query and punctuation at its edges.
function search(corpus, way, typed) {
  const query = typed.trim().replace(/\s+/g, " ");
  const bare = query.replace(/^["“”„«»]+|["“”„«»]+$/g, "").trim();
  if (bare !== query) {
    const titled = byName(corpus.titles, bare, "title", "“");
    if (titled.hits.length) return titled;
  }
  const find = FINDERS[way] ?? FINDERS.lemma;
  const found = find(corpus, bare);
  if (found.hits.length) return found;
  const edges = /^[^\p{L}\p{N}]+|[^\p{L}\p{N}]+$/gu;
  const words = parts(bare).map((word) => word.replace(edges, "")).filter(Boolean).join(" ");
  const again = words && words !== bare ? find(corpus, words) : found;
  return again.hits.length ? again : found;
}

// How many letters differ, up to a limit: Levenshtein’s distance, with a swap counted as one.
function distance(one, other, limit) {
  if (Math.abs(one.length - other.length) > limit) return limit + 1;
  let before = [], row = Array.from({ length: other.length + 1 }, (_, j) => j);
  for (let i = 1; i <= one.length; i++) {
    const next = [i];
    for (let j = 1; j <= other.length; j++) {
      const same = one[i - 1] === other[j - 1];
      next[j] = Math.min(row[j] + 1, next[j - 1] + 1, row[j - 1] + (same ? 0 : 1));
      if (one[i - 1] === other[j - 2] && one[i - 2] === other[j - 1]) {
        next[j] = Math.min(next[j], before[j - 2] + 1);
      }
    }
    if (Math.min(...next) > limit) return limit + 1;
    [before, row] = [row, next];
  }
  return row[other.length];
}

const letters = (text) => fold(text).replace(/[^\p{L}\p{N} ]/gu, "");

function vocabulary(corpus, way) {
  corpus.known ??= { name: counted(corpus.names) };
  const { frequency } = corpus.words;
  return corpus.known[way] ??= [...corpus.types.reduce((known, type, i) => {
    const word = way === "lemma" ? corpus.lemmas[corpus.data.words.lemma[i]] : fold(type);
    return known.set(word, (known.get(word) ?? 0) + frequency[i]);
  }, new Map())].sort(byCount);
}

const byCount = (one, other) => other[1] - one[1] || (one[0] < other[0] ? -1 : 1);

function counted({ names, hits }) {
  const counts = new Int32Array(names.length);
  hits.forEach((hit) => counts[hit.name]++);
  return names.map((name, i) => [name, counts[i]]).sort(byCount);
}

// Suggestions for a word that does not occur: those spelt alike, or that begin with it or contain it.
function suggestions(corpus, way, typed) {
  const sought = letters(typed).trim();
  const words = new Set([sought, ...parts(sought)]);
  const near = [];
  for (const [word, count] of vocabulary(corpus, way)) {
    const own = letters(word);
    let best = Infinity;
    for (const one of words) {
      const limit = one.length > 4 ? 2 : 1;
      const away = own === one ? 0 : distance(own, one, limit);
      if (away <= limit) best = Math.min(best, away);
      else if (one.length > 2 && (own.startsWith(one) || one.startsWith(own) && own.length > 3)) {
        best = Math.min(best, 2.5);
      } else if (way === "name" && own.includes(one)) best = Math.min(best, 3);
    }
    if (best < Infinity) near.push([word, count, best]);
  }
  return near.sort((a, b) => a[2] - b[2] || byCount(a, b)).slice(0, 6).map(([word]) => word);
}

// ---------------------------------------------------------------- Places in the texts

// Offsets in the source, in code points, of a place in a passage; and back.
const points = ({ wide, text, start }, place) =>
  start + (wide ? [...text.slice(0, place)].length : place);
const units = ({ wide, text, start }, point) =>
  wide ? [...text].slice(0, point - start).join("").length : point - start;

// The first word that ends after a place.
function wordAt(corpus, passage, place) {
  let low = passage.first, high = passage.after;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (corpus.words.end[middle] > place) high = middle; else low = middle + 1;
  }
  return low;
}

function sentenceEnd({ words }, passage, place) {
  const first = wordAt({ words }, passage, place);
  let last = first;
  while (last < passage.after && words.sentence[last] === words.sentence[first]) last++;
  return last > first ? words.end[last - 1] : passage.text.length;
}

function sides(corpus, hit) {
  const { words, passages } = corpus;
  const passage = passages[hit.passage];
  const first = wordAt(corpus, passage, hit.start);
  const after = Math.max(first, wordAt(corpus, passage, hit.end - 1) + 1);
  const last = Math.min(after, passage.after);
  let left = Math.max(passage.first, first - CONTEXT);
  let right = Math.min(passage.after, last + CONTEXT);
  // A contraction at the edge is shown whole.
  if (left < first) left = Math.max(passage.first, words.head[left]);
  while (right < passage.after && words.start[right] === words.end[right - 1]) right++;
  const opens = left === passage.first ? 0 : words.start[left];
  const closes = right === passage.after ? undefined : words.end[right - 1];
  return {
    left: passage.text.slice(opens, hit.start),
    node: passage.text.slice(hit.start, hit.end),
    right: passage.text.slice(hit.end, closes),
    before: [left, first], behind: [last, right],
  };
}

const marksOf = (hit) => (hit.marks?.length ? hit.marks : [[hit.start, hit.end]]);
const ordered = (one, other) => one.passage - other.passage || one.start - other.start;

function sorted(corpus, hits, side) {
  if (side !== "left" && side !== "right") return [...hits].sort(ordered);
  const keys = new Map(hits.map((hit) => {
    const { before, behind } = sides(corpus, hit);
    const [from, to] = side === "left" ? before : behind;
    const near = corpus.words.type.subarray(from, to);
    const own = Array.from(near, (type) => fold(corpus.types[type]));
    return [hit, (side === "left" ? own.reverse() : own).join("\u0000")];
  }));
  const compare = (a, b) => (a < b ? -1 : a > b ? 1 : 0);
  return [...hits].sort((a, b) => compare(keys.get(a), keys.get(b)) || ordered(a, b));
}

function filtered(corpus, hits, { role, interview }) {
  if (!role && !interview) return hits;
  const place = corpus.interviews.findIndex((one) => one.id === interview);
  return hits.filter((hit) => {
    const passage = corpus.passages[hit.passage];
    return (!role || passage.role === role) && (!interview || passage.interview === place);
  });
}
