// The contents follow the reader: the entry of the section in view is marked and kept in view.
(() => {
  const links = new Map([...document.querySelectorAll("nav a")].map((link) => [link.hash.slice(1), link]));
  const headings = [...links.keys()].map((id) => document.getElementById(id)).filter(Boolean);
  const nav = document.querySelector("nav");
  let current;
  const follow = () => {
    const above = headings.filter((heading) => heading.checkVisibility() && heading.getBoundingClientRect().top < 100);
    const link = links.get((above.at(-1) || headings[0])?.id);
    if (!link || link === current) return;
    current?.removeAttribute("aria-current");
    link.setAttribute("aria-current", "true");
    current = link;
    if (getComputedStyle(nav).position !== "fixed") return;
    const { top, bottom } = link.getBoundingClientRect();
    if (top < 60 || bottom > innerHeight - 20) nav.scrollTop += top - innerHeight / 3;
  };
  let asked = false;
  const ask = () => {
    if (!asked) requestAnimationFrame(() => { asked = false; follow(); });
    asked = true;
  };
  addEventListener("scroll", ask, { passive: true });
  addEventListener("resize", ask, { passive: true });
  follow();
  // A folded part opens when an address leads into it.
  const unfold = () => {
    let id = location.hash.slice(1);
    try { id = decodeURIComponent(id); } catch { /* a malformed address leads nowhere */ }
    const target = document.getElementById(id);
    for (let part = target; part; part = part.parentElement) if (part.tagName === "DETAILS") part.open = true;
  };
  addEventListener("hashchange", unfold);
  unfold();
})();
