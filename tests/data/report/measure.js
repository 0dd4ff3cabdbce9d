// Measures a report in frames of several widths. The frames hold the page as it
// is, with its own policy; only this script stands outside.
const SELECTORS = [
  ".verdict", ".counts", ".counts div:nth-child(2)", "nav", "#diagnoses .card", "#diagnoses .remedy",
  ".timeline", ".strip svg", "#timeline table", "#failures table", "#failures tbody tr", "#failures tbody th",
  "#queues tbody tr", "#connectors .card", "#certificates table", "#certificates .card", "#evidence .card", "footer",
];
const name = e => e.tagName.toLowerCase() + (e.id ? "#" + e.id : "") + (e.getAttribute("class") ? "." + e.getAttribute("class") : "");
const overlap = (a, b) => a.left < b.right && b.left < a.right && a.top < b.bottom && b.top < a.bottom;

function measure(frame) {
  const page = frame.contentDocument, width = frame.clientWidth;
  const box = e => e.getBoundingClientRect();
  const shown = [...page.querySelectorAll("body *")].filter(e => box(e).width > 0 && !e.closest("thead"));
  const boxes = {};
  for (const selector of SELECTORS) {
    const found = page.querySelector(selector);
    if (found) boxes[selector] = [box(found).left, box(found).right].map(x => Math.round(1000 * x / width));
  }
  const labels = [...page.querySelectorAll(".strip svg")].flatMap(svg => {
    const texts = [...svg.querySelectorAll("text")].filter(e => box(e).width > 0);
    return texts.filter((a, at) => texts.slice(at + 1).some(b => overlap(box(a), box(b)))).map(e => e.textContent);
  });
  return {
    width,
    scroll: page.documentElement.scrollWidth,
    outside: shown.filter(e => box(e).right > width + 1 || box(e).left < -1).slice(0, 5).map(name),
    cut: shown.filter(e => e.clientWidth > 0 && e.scrollWidth > e.clientWidth + 1).slice(0, 5).map(name),
    labels: labels.slice(0, 5),
    requests: frame.contentWindow.performance.getEntriesByType("resource").length,
    sections: [...page.querySelectorAll("section")].sort((a, b) => box(a).top - box(b).top).map(e => e.id),
    smallest: Math.min(...shown.filter(e => e.childNodes.length && e.textContent.trim()).map(e => parseFloat(frame.contentWindow.getComputedStyle(e).fontSize))),
    boxes,
  };
}

addEventListener("load", () => {
  const all = [...document.querySelectorAll("iframe")].map(measure);
  document.getElementById("result").textContent = JSON.stringify(all);
});
