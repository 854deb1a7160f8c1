// The page's own script: times in the reader's zone, live pieces, the composer, and the inbox's keys.
// Texts of people are never read as HTML here: pieces come rendered and escaped by the server, words are set as text.

const page = document.documentElement;
const one = (selector, from = document) => from.querySelector(selector);
const all = (selector, from = document) => [...from.querySelectorAll(selector)];

// ---- Times ------------------------------------------------------------------------------------------------------------

const zone = Intl.DateTimeFormat().resolvedOptions().timeZone || "UTC";
// For what the server counts by days.
document.cookie = `countersign-zone=${zone}; path=/; max-age=31536000; SameSite=Strict${location.protocol === "https:" ? "; Secure" : ""}`;
const hour = new Intl.DateTimeFormat([], { hour: "2-digit", minute: "2-digit" });
const day = new Intl.DateTimeFormat([], { day: "numeric", month: "short", hour: "2-digit", minute: "2-digit" });
const whole = new Intl.DateTimeFormat([], { dateStyle: "full", timeStyle: "long" });

function length(millis) {
  const s = Math.max(0, Math.floor(millis / 1000));
  if (s < 1) return "now";
  if (s < 60) return `${s} s`;
  if (s < 3600) return `${Math.floor(s / 60)} min`;
  return s < 48 * 3600 ? `${Math.floor(s / 3600)} h` : `${Math.floor(s / 86400)} d`;
}

function tellTime(time) {
  const at = new Date(time.dateTime);
  const as = time.dataset.as;
  const text = as === "since" ? length(Date.now() - at)
    : as === "until" ? length(at - Date.now())
      : (at.toDateString() === new Date().toDateString() ? hour : day).format(at);
  if (time.textContent !== text) time.textContent = text;
  time.title = `${whole.format(at)} (${zone})`;
}

const tellTimes = (from = document) => all("time[data-as]", from).forEach(tellTime);

// ---- Live pieces ------------------------------------------------------------------------------------------------------

/** What somebody has opened, ticked or stands on stays so when a piece is replaced. */
function carry(old, piece) {
  const details = all("details", piece);
  all("details", old).forEach((before, i) => { if (before.open && details[i]) details[i].open = true; });
  const tick = one("input[name=id][type=checkbox]", piece);
  if (tick && one("input[name=id][type=checkbox]:checked", old)) tick.checked = true;
}

function apply(piece) {
  const old = piece.id && document.getElementById(piece.id);
  if (old) {
    const held = old.contains(document.activeElement);
    carry(old, piece);
    old.replaceWith(piece);
    if (held) focusAfter(piece);
  } else {
    const into = piece.dataset.into && one(piece.dataset.into);
    if (!into) return;
    if (piece.matches(".card") && one("#more", into)) { announce(piece); return; } // It comes with its part of the list.
    if ("first" in piece.dataset) into.prepend(piece); else into.append(piece);
    arrived(piece);
  }
  htmx.process(piece);
  tellTimes(piece.parentNode);
}

function patch(html) {
  const scroll = one("[data-scroll]");
  const follow = scroll && scroll.scrollHeight - scroll.scrollTop - scroll.clientHeight < 120;
  const pieces = new DOMParser().parseFromString(html, "text/html").body.children;
  [...pieces].forEach((piece) => apply(document.adoptNode(piece)));
  if (follow) scroll.scrollTop = scroll.scrollHeight;
  recount();
}

function focusAfter(piece) {
  if (!piece.matches(".card")) return;
  const next = piece.matches(".settled") ? nearest(piece) : piece;
  (next || piece).focus({ preventScroll: true });
}

/** Messages that came back by the feed before the answer to their sending did. */
const early = [];

/** Something that was not there before. */
function arrived(piece) {
  if (piece.matches(".words.user")) {
    const text = one(".text", piece).textContent;
    const waiting = all("#queue > li").find((item) => one(".text", item).textContent === text);
    if (waiting) waiting.remove();
    else if (one("[data-composer].htmx-request")) early.push(text);
  }
  announce(piece);
}

function announce(piece) {
  if (piece.matches(".card") && page.dataset.alerts === "on" && window.Notification?.permission === "granted") {
    const alert = new Notification(one("h2", piece).textContent, { body: one("blockquote", piece)?.textContent, tag: piece.id });
    alert.onclick = () => { window.focus(); piece.focus(); };
  }
}

function showEnded(why) {
  const notice = one("#notice");
  const piece = one(why === "login" ? "#ended" : "#halted").content.cloneNode(true);
  const words = one("[data-words]", piece);
  if (words && why !== "login") words.textContent = why;
  notice.replaceChildren(piece);
  backLinks(notice);
}

const feed = {
  patch: (data) => patch(data),
  clear: () => one("#live")?.replaceChildren(),
  delta: (data) => {
    const live = one("#live");
    const scroll = one("[data-scroll]");
    const follow = scroll.scrollHeight - scroll.scrollTop - scroll.clientHeight < 120;
    live.append(data);
    if (follow) scroll.scrollTop = scroll.scrollHeight;
  },
  ids: (data) => reconcile(data.split(" ").filter(Boolean)),
  closed: (data) => showEnded(data),
};

document.addEventListener("htmx:sseBeforeMessage", (event) => {
  if (!event.target.matches("[data-feed]")) return;
  event.preventDefault();
  feed[event.detail.type]?.(event.detail.data);
});
document.addEventListener("htmx:sseOpen", () => all(".link-lost").forEach((lost) => { lost.hidden = true; }));
document.addEventListener("htmx:sseError", () => all(".link-lost").forEach((lost) => { lost.hidden = false; }));

document.addEventListener("htmx:beforeSwap", (event) => {
  if (event.detail.xhr.getResponseHeader("X-Patch")) {
    event.detail.shouldSwap = false;
    patch(event.detail.serverResponse);
  }
});
document.addEventListener("htmx:afterSwap", (event) => {
  if (event.detail.target.id === "queue") {
    all("li", event.detail.target).forEach((item) => {
      const at = early.indexOf(one(".text", item).textContent);
      if (at >= 0) { early.splice(at, 1); item.remove(); }
    });
  }
  tellTimes(event.detail.target);
  backLinks(event.detail.target);
  recount();
});
document.addEventListener("htmx:sendError", () => showEnded("The server cannot be reached. What you wrote is still here; try again in a moment."));

/** A login leads back to where it was missed. */
function backLinks(from) {
  all("a[data-back]", from).forEach((link) => { link.href = `/login?next=${encodeURIComponent(location.pathname + location.search)}`; });
}

document.addEventListener("click", (event) => {
  event.target.closest("[data-dismiss]")?.closest(".notice").remove();
});

/** Whether it was done: htmx takes a refusal that is shown as a notice for a success. */
const done = (event) => event.detail.successful && event.detail.xhr.status < 400;

// ---- Composer ---------------------------------------------------------------------------------------------------------

const composer = one("[data-composer]");
if (composer) {
  const text = one("textarea", composer);
  const draft = `draft ${composer.getAttribute("action")}`;
  if (!text.value) text.value = sessionStorage.getItem(draft) ?? "";
  text.addEventListener("input", () => sessionStorage.setItem(draft, text.value));
  text.addEventListener("keydown", (event) => {
    if (event.key === "Enter" && !event.shiftKey && !event.isComposing) {
      event.preventDefault();
      if (text.value.trim()) composer.requestSubmit();
    }
  });
  composer.addEventListener("submit", () => { if (!composer.hasAttribute("hx-post")) sessionStorage.removeItem(draft); });
  composer.addEventListener("htmx:afterRequest", (event) => {
    if (event.detail.elt !== composer || !done(event)) return;
    sessionStorage.removeItem(draft);
    composer.reset();
    text.value = "";
    text.focus();
    const scroll = one("[data-scroll]");
    scroll.scrollTop = scroll.scrollHeight;
  });
}
const scroll = one("[data-scroll]");
if (scroll) scroll.scrollTop = scroll.scrollHeight;

// ---- Inbox ------------------------------------------------------------------------------------------------------------

/** As many cards as the server decides in one go. */
const togetherMax = 50;
const open = () => all("#pending > .card:not(.settled)");
const picked = () => all("#pending input[name=id][type=checkbox]:checked");
const current = () => document.activeElement?.closest("#pending > .card:not(.settled)");

function nearest(card) {
  const cards = all("#pending > .card");
  const at = cards.indexOf(card);
  const later = cards.slice(at + 1).find((one) => !one.matches(".settled"));
  return later || cards.slice(0, at).reverse().find((one) => !one.matches(".settled"));
}

function recount() {
  const bar = one("#bar");
  if (!bar) return;
  const count = picked().length;
  bar.hidden = count === 0;
  one("strong", bar).textContent = count === 1 ? "1 selected"
    : count > togetherMax ? `${count} selected, at most ${togetherMax} at once` : `${count} selected`;
  all("button:not([data-clear])", bar).forEach((button) => { button.disabled = count > togetherMax; });
  const waiting = one("#count")?.dataset.count;
  if (waiting !== undefined) document.title = `${waiting > 0 ? `(${waiting}) ` : ""}Inbox · Countersign`;
}

/** Whether what is shown is what there is; otherwise the list is fetched anew. */
function reconcile(ids) {
  const shown = open().map((card) => card.id);
  const whole = !one("#more");
  const same = shown.every((id) => ids.includes(id)) && (!whole || ids.length === shown.length);
  if (!same) htmx.ajax("GET", location.pathname, { target: "#inbox", select: "#inbox", swap: "outerHTML" });
}

function ask(cards) {
  const dialog = one("#deny");
  if (!dialog || cards.length === 0) return;
  one("[name=id]", dialog).value = cards.map((card) => card.dataset.ids).join(" ");
  one("[data-what]", dialog).textContent = cards.length === 1 ? one("h2", cards[0]).textContent : `${cards.length} requests`;
  dialog.showModal();
  one("textarea", dialog).focus();
}

const chosen = () => {
  const cards = picked().map((tick) => tick.closest(".card"));
  return cards.length > 0 ? cards : [current()].filter(Boolean);
};

function approve() {
  if (picked().length > 0) one("#bar [data-approve]").click();
  else one("[data-approve]", current() ?? document.createElement("i"))?.click();
}

function move(by) {
  const cards = open();
  const at = cards.indexOf(current());
  const next = cards[at < 0 ? (by > 0 ? 0 : cards.length - 1) : Math.min(Math.max(at + by, 0), cards.length - 1)];
  next?.focus({ preventScroll: true });
  next?.scrollIntoView({ block: "nearest" });
}

const keys = {
  j: () => move(1),
  k: () => move(-1),
  a: approve,
  r: () => ask(chosen()),
  x: () => one("input[name=id][type=checkbox]", current() ?? document.createElement("i"))?.click(),
  escape: () => { picked().forEach((tick) => { tick.checked = false; }); recount(); },
  "?": () => one("#help").showModal(),
};

if (one("#inbox")) {
  document.addEventListener("keydown", (event) => {
    const typing = event.target.closest("input:not([type=checkbox]), textarea, select, dialog");
    if (page.dataset.keys !== "on" || typing || event.ctrlKey || event.metaKey || event.altKey) return;
    const act = keys[event.key.toLowerCase()];
    if (act) { event.preventDefault(); act(); }
  });
  document.addEventListener("click", (event) => {
    const target = event.target;
    if (target.closest("[data-deny]")) {
      const card = target.closest(".card");
      ask(card ? [card] : chosen());
    } else if (target.closest("[data-preset]")) {
      one("#deny textarea").value = target.closest("[data-preset]").textContent.trim();
      one("#deny textarea").focus();
    } else if (target.closest("[data-close]")) {
      target.closest("dialog").close();
    } else if (target.closest("[data-clear]")) {
      keys.escape();
    } else if (target.closest("[data-help]")) {
      keys["?"]();
    }
  });
  document.addEventListener("change", (event) => {
    if (event.target.matches("[data-all]")) {
      all("#pending > .card:not(.settled) input[name=id][type=checkbox]")
        .forEach((tick, i) => { tick.checked = event.target.checked && i < togetherMax; });
    }
    recount();
  });
  one("#deny")?.addEventListener("htmx:afterRequest", (event) => {
    if (done(event)) { one("#deny").close(); one("#deny form").reset(); }
  });
}

// ---- Settings ---------------------------------------------------------------------------------------------------------

const alerts = one("[data-ask-alerts]");
if (alerts) {
  const say = (words) => { one("#alerts-state").textContent = words; };
  const look = () => {
    if (!window.Notification) say("this browser has none");
    else if (Notification.permission === "denied") say("this browser does not allow them for this site; its settings can change that");
  };
  look();
  alerts.addEventListener("change", async () => {
    if (alerts.checked && window.Notification?.permission === "default") { await Notification.requestPermission(); look(); }
  });
}

all("[data-zone]").forEach((place) => { place.textContent = zone; });
tellTimes();
backLinks(document);
recount();
setInterval(tellTimes, 10_000);

// ---- Steps of a conversation ------------------------------------------------------------------------------------------

document.addEventListener("keydown", (event) => {
  const side = { ArrowLeft: "#step-before", ArrowRight: "#step-after" }[event.key];
  if (!side || !one("[data-viewer]") || event.defaultPrevented || event.altKey || event.ctrlKey || event.metaKey || event.shiftKey) return;
  // Where arrows already mean something, they mean that.
  if (event.target.closest("input, textarea, select, .drawing, .diff, pre")) return;
  const link = one(side);
  if (link) {
    event.preventDefault();
    // One that has just come may not be htmx's yet; then the click would load the whole page.
    window.htmx?.process(link);
    link.click();
  }
});

// ---- Two conversations beside each other ------------------------------------------------------------------------------

document.addEventListener("keydown", (event) => {
  const way = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
  if (!way || !one("[data-besides]") || event.defaultPrevented || event.altKey || event.ctrlKey || event.metaKey || event.shiftKey) return;
  if (event.target.closest("input, textarea, select")) return;
  const rows = [...all("[data-difference]")];
  const next = rows[rows.indexOf(document.activeElement) + way] ?? (rows.includes(document.activeElement) ? null : rows[0]);
  if (next) { event.preventDefault(); next.focus(); }
});
