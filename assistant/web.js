/* What the page does by itself: highlight exactly the quoted span in the release and give the focus back, copy and
   save, recall questions, switch between the rooms on a narrow screen and between languages, announce an answer. */
(() => {
  const japanese = window.dialogue.japanese;
  let origin = null;

  /* -- quotations -------------------------------------------------------------------------------------------- */

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
    if (!article) return;
    room("reading");
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
    if (!first) return;
    first.tabIndex = -1;
    first.scrollIntoView({ block: "center" });
    first.focus({ preventScroll: true });
  };

  const show = (hash) => {
    const match = /^#quote=(.+):(\d+)-(\d+)$/.exec(decodeURIComponent(hash));
    if (match) highlight(match[1], Number(match[2]), Number(match[3]));
  };

  const back = () => {
    room("talk");
    if (origin && origin.isConnected) origin.focus();
    else question().focus();
  };

  /* -- rooms and languages ----------------------------------------------------------------------------------- */

  const last = (selector) => [...document.querySelectorAll(selector)].pop();

  const question = () => document.querySelector("#question textarea");

  const press = (kind, chosen) => {
    document.querySelectorAll(`button[data-${kind}]`).forEach((button) => {
      button.setAttribute("aria-pressed", String(button.dataset[kind] === chosen));
    });
  };

  const room = (name) => {
    document.body.dataset.room = name;
    press("room", name);
  };

  const components = {
    "#send": "Ask", "#stop": "Stop", "#save-markdown": "Save as Markdown", "#save-receipt": "Save receipt",
    "#clear": "Clear", "#question label > span": "Your question",
  };

  const word = (english) => (document.body.dataset.language === "ja" && japanese[english]) || english;

  const speak = (language) => {
    document.body.dataset.language = language;
    document.documentElement.lang = language;
    for (const [selector, english] of Object.entries(components)) {
      const element = document.querySelector(selector);
      if (element && element.textContent.trim() !== word(english)) element.textContent = word(english);
    }
    question().placeholder = word("Ask what the release says");
    press("language", language);
  };

  const language = () =>
    localStorage.getItem("dialogue-language") || (navigator.language.toLowerCase().startsWith("ja") ? "ja" : "en");

  /* -- copy and save ----------------------------------------------------------------------------------------- */

  const announce = (words) => {
    document.getElementById("announce").textContent = words;
  };

  const copy = async (button) => {
    await navigator.clipboard.writeText(button.dataset.copy);
    button.classList.add("copied");
    announce(word("Copied"));
    setTimeout(() => button.classList.remove("copied"), 2000);
  };

  window.dialogue.download = (name, text) => {
    const link = document.createElement("a");
    link.href = URL.createObjectURL(new Blob([text], { type: "text/plain;charset=utf-8" }));
    link.download = name;
    link.click();
    URL.revokeObjectURL(link.href);
  };

  /* -- events ------------------------------------------------------------------------------------------------ */

  document.addEventListener("click", (event) => {
    const target = event.target.closest && event.target.closest("a.marker, a.place, button.copy, nav button");
    if (!target) return;
    if (target.matches("a")) {
      event.preventDefault();
      origin = target;
      history.replaceState(null, "", target.getAttribute("href"));
      show(target.getAttribute("href"));
    } else if (target.matches(".copy")) {
      copy(target);
    } else if (target.dataset.room) {
      room(target.dataset.room);
    } else {
      localStorage.setItem("dialogue-language", target.dataset.language);
      speak(target.dataset.language);
    }
  });

  document.addEventListener("keydown", (event) => {
    const here = document.activeElement;
    if (event.key === "Escape" && here.tagName === "MARK") back();
    if (event.key === "Escape" && here === question()) {
      const answer = last("#chat .answer"); // tabbing back passes all its buttons first
      const marker = answer && answer.querySelector("a.marker");
      if (marker) marker.focus();
    }
    if (event.key === "ArrowUp" && here === question() && !here.value) {
      const asked = last("#chat .asked");
      if (!asked) return;
      event.preventDefault();
      here.value = asked.textContent;
      here.dispatchEvent(new Event("input", { bubbles: true }));
    }
  });

  /* -- the page as it comes ---------------------------------------------------------------------------------- */

  let announced = 0;
  const watch = () => {
    const answers = document.querySelectorAll("#chat .answer, #chat .note");
    if (answers.length > announced) {
      const newest = answers[answers.length - 1];
      const visible = (node) => (node ? node.innerText : "");
      const parts = newest.matches(".note") ? [newest] : [".status", "p.ours, p.quoted"].map((s) => newest.querySelector(s));
      announce(parts.map(visible).join(". "));
      const asked = last("#chat .asked");
      const log = asked && asked.closest("[role=log]");
      if (log) log.scrollTop += asked.getBoundingClientRect().top - log.getBoundingClientRect().top - 16;
    }
    announced = answers.length;
  };

  /* Gradio announces each change of the conversation, half answers too; we announce an answer when it is there. */
  const quiet = () => {
    const log = document.querySelector("#chat [role=log][aria-live=polite]");
    if (!log) return;
    log.setAttribute("aria-live", "off");
    log.tabIndex = 0; // it scrolls, also where nothing in it takes the focus
  };

  const ready = new MutationObserver(() => {
    if (!document.querySelector(".release span[data-start]") || !question()) return;
    ready.disconnect();
    room("talk");
    speak(language());
    show(location.hash);
    new MutationObserver(() => {
      watch();
      quiet();
      speak(document.body.dataset.language);
    }).observe(document.getElementById("talk"), { childList: true, subtree: true, characterData: true });
  });
  ready.observe(document.documentElement, { childList: true, subtree: true });
})();
