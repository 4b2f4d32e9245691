/* A marker in an answer highlights exactly the quoted span in the release, scrolls to it, and gives the focus back. */
(() => {
  let origin = null;

  const clear = () => {
    document.querySelectorAll(".release mark").forEach((mark) => {
      const parent = mark.parentNode;
      mark.replaceWith(...mark.childNodes);
      parent.normalize();
    });
  };

  /* Offsets count Unicode characters; a JavaScript string counts UTF-16 units. */
  const units = (text, characters) => [...text].slice(0, characters).join("").length;

  const highlight = (source, start, end) => {
    clear();
    const article = [...document.querySelectorAll(".release")].find((a) => a.dataset.source === source);
    if (!article) return null;
    let first = null;
    article.querySelectorAll("span[data-start]").forEach((run) => {
      const node = run.firstChild;
      if (!node) return;
      const begin = Number(run.dataset.start);
      const length = [...node.data].length;
      const from = Math.max(start - begin, 0);
      const to = Math.min(end - begin, length);
      if (from >= to) return;
      const range = document.createRange();
      range.setStart(node, units(node.data, from));
      range.setEnd(node, units(node.data, to));
      const mark = document.createElement("mark");
      range.surroundContents(mark);
      first = first || mark;
    });
    if (first) {
      first.tabIndex = -1;
      first.scrollIntoView({ block: "center" });
      first.focus({ preventScroll: true });
    }
    return first;
  };

  const show = (hash) => {
    const match = /^#quote=(.+):(\d+)-(\d+)$/.exec(decodeURIComponent(hash));
    return match ? highlight(match[1], Number(match[2]), Number(match[3])) : null;
  };

  document.addEventListener("click", (event) => {
    const link = event.target.closest && event.target.closest("a.marker");
    if (!link) return;
    event.preventDefault();
    origin = link;
    history.replaceState(null, "", link.getAttribute("href"));
    show(link.getAttribute("href"));
  });

  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape" && origin && document.activeElement.tagName === "MARK") origin.focus();
  });

  const once = new MutationObserver(() => {
    if (document.querySelector(".release span[data-start]")) {
      once.disconnect();
      show(location.hash);
    }
  });
  once.observe(document.documentElement, { childList: true, subtree: true });
})();
