// The explorer's tables: read from the JSON beside it, searched and counted. Nothing here touches
// the page. Statistics were computed in Python; here words are found in the texts.

const CONTEXT = 8; // words on either side of a line

// ---- Reading the tables

const straight = (text) => text.replace(/[‘’‛ʼ′]/g, "'");
const fold = (text) => straight(text).toLowerCase();
const number = (count, thing) =>
  `${count.toLocaleString("en")} ${thing}${count === 1 ? "" : "s"}`;

function read(data) {
  const columns = Object.entries(data.passages);
  const passages = data.passages.text.map((_, i) =>
    Object.fromEntries(columns.map(([name, own]) => [name, own[i]])));
  const interviews = data.interviews.map((one) => ({ ...one, passages: [], first: 0, words: 0 }));
  const byId = new Map(interviews.map((one, i) => [one.id, i]));
  passages.forEach((passage, i) => {
    // Python counts code points; JavaScript counts some of them as two.
    passage.wide = /[\u{10000}-\u{10FFFF}]/u.test(passage.text);
    interviews[passage.interview].passages.push(i);
  });
  const types = data.types.map(([text]) => text);
  const corpus = { data, passages, interviews, byId, types };
  corpus.words = readWords(corpus);
  const placed = ([name, ...place]) => ({ ...locate(corpus, ...place), name });
  corpus.names = data.names.map(placed);
  corpus.titles = data.titles.map(placed);
  const coded = (set) => ({ ...set, hits: set.rows.map((row) => codedHit(corpus, row)) });
  corpus.sets = data.codes.map(coded);
  corpus.sets.forEach(({ hits }) => hits.sort(ordered));
  corpus.findings = data.evidence.map(coded);
  corpus.longest = Math.max(1, ...interviews.map((one) => one.words));
  return corpus;
}

function codedHit(corpus, [code, interview, from, to, spans, by]) {
  const hit = locate(corpus, interview, from, to);
  const unit = (point) => units(corpus.passages[hit.passage], point);
  return { ...hit, code, by, marks: spans.map((span) => span.map(unit)) };
}

// Columns of numbers, one entry for each word, in reading order.
function readWords({ passages, interviews, types }) {
  const type = Int32Array.from(passages.flatMap(({ words }) => [...words].flat()));
  const words = { total: type.length, type, frequency: new Int32Array(types.length) };
  for (const name of ["start", "end", "passage", "sentence"]) {
    words[name] = new Int32Array(words.total);
  }
  let at = 0, sentence = 0;
  passages.forEach((passage, i) => {
    const interview = interviews[passage.interview];
    if (!interview.words) interview.first = at;
    passage.first = at;
    let place = 0;
    for (const own of passage.words) {
      for (const one of own) {
        // There are no letters or digits between words: each begins where its letters occur next.
        words.start[at] = passage.text.indexOf(types[one], place);
        words.end[at] = place = words.start[at] + types[one].length;
        words.passage[at] = i;
        words.sentence[at++] = sentence;
        words.frequency[one]++;
      }
      sentence++;
    }
    passage.after = at;
    interview.words += at - passage.first;
  });
  readRuns(words, types);
  return words;
}

// Words written as one (do + n’t) are found whole and by their parts.
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

// ---- Searching

// The places after each word, or contraction, that matches; 0 if none does.
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
  if (!chains.length) return hits;
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
  const chains = parts(query).map((word, i, { length }) => {
    const rest = open && i === length - 1 ? ".*" : "";
    const expression = new RegExp(`^${literal(word)}${rest}$`, "iu");
    const fits = (texts) => texts.map((text) => expression.test(straight(text)));
    return ends(corpus.words, fits(corpus.types), fits(corpus.words.runs));
  });
  return chain(corpus.words, chains);
}

function byLemma({ data, words }, query) {
  return chain(words, parts(query).map((word) =>
    ends(words, data.types.map(([, lemma]) => lemma === word))));
}

// A lemma in another case; if a word and a name differ only in case, the word.
function otherCase(corpus, query) {
  corpus.spelt ??= new Map(corpus.data.types.map(([, lemma]) => lemma).sort()
    .map((lemma) => [fold(lemma), lemma]));
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

function byName(hits, query, kind, marks = ["", ""]) {
  const name = hits.find((hit) => fold(hit.name) === fold(query))?.name;
  const told = `${marks[0]}${name ?? query}${marks[1]} (${kind})`;
  return { told, hits: hits.filter((hit) => hit.name === name) };
}

function byCode(corpus, id) {
  const set = corpus.sets.find(({ codes }) => codes.some((one) => one.id === id));
  if (!set) return { told: `${id} (no such theme)`, hits: [] };
  const told = set.codes.find((one) => one.id === id).name;
  return { told, hits: set.hits.filter((hit) => hit.code === id) };
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
    const titled = byName(corpus.titles, bare, "title", "“”");
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
  return corpus.known[way] ??= [...corpus.data.types.reduce((known, [text, lemma], i) => {
    const word = way === "lemma" ? lemma : fold(text);
    return known.set(word, (known.get(word) ?? 0) + corpus.words.frequency[i]);
  }, new Map())].sort(byCount);
}

const byCount = (one, other) => other[1] - one[1] || (one[0] < other[0] ? -1 : 1);
const counted = (hits) => [...Map.groupBy(hits, (hit) => hit.name)]
  .map(([name, own]) => [name, own.length]).sort(byCount);

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

// ---- Places in the texts

// Offsets in the source, in code points, of a place in a passage; and back.
const points = ({ wide, text, start }, place) =>
  start + (wide ? [...text.slice(0, place)].length : place);
const units = ({ wide, text, start }, point) => {
  const place = Math.max(0, point - start);
  return wide ? [...text].slice(0, place).join("").length : Math.min(place, text.length);
};

// The first number in a range for which a test holds; it then holds for all later ones, too.
function least(low, high, holds) {
  while (low < high) {
    const middle = (low + high) >> 1;
    if (holds(middle)) high = middle; else low = middle + 1;
  }
  return low;
}

// The first word that ends after a place.
const wordAt = ({ words }, passage, place) =>
  least(passage.first, passage.after, (i) => words.end[i] > place);

// The passage that contains offsets of a source, and where; by default to the end of the sentence.
function locate(corpus, interview, from, to) {
  const own = corpus.interviews[interview]?.passages ?? [];
  const after = least(0, own.length, (i) => corpus.passages[own[i]].start > from);
  const found = own[Math.max(0, after - 1)];
  if (found === undefined || Number.isNaN(from)) return null;
  const passage = corpus.passages[found];
  const start = units(passage, from);
  return { passage: found, start, end: to ? units(passage, to) : sentenceEnd(corpus, passage, start) };
}

function sentenceEnd(corpus, passage, place) {
  const { words } = corpus;
  const first = wordAt(corpus, passage, place);
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
  const place = corpus.byId.get(interview);
  return hits.filter((hit) => {
    const passage = corpus.passages[hit.passage];
    return (!role || passage.role === role) && (!interview || passage.interview === place);
  });
}
