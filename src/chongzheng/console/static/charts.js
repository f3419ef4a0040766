// Pictures are drawn of the tables beneath them, so that both say the same. Pages work without this file.
"use strict";
(function () {
  const HOUR_MS = 3600000;
  const SHOPS_AHEAD_MS = 8 * HOUR_MS;
  const SHORT_MS = 600000;
  const FEW = 8;
  const LOST_MAX = 3;
  const PASSED = 6;
  const drawn = new Map();
  const opened = new Set();
  let lost = 0;
  let passed = 0;

  const colour = (name) => getComputedStyle(document.documentElement).getPropertyValue("--chart-" + name).trim();
  const number = (cell) => cell && cell.dataset.v ? Number(cell.dataset.v) : null;
  const two = (n) => String(n).padStart(2, "0");

  function clock(spanned) {
    return function (at) {
      const there = new Date(at + SHOPS_AHEAD_MS);
      const minute = two(there.getUTCHours()) + ":" + two(there.getUTCMinutes());
      return spanned < SHORT_MS ? minute + ":" + two(there.getUTCSeconds()) : minute;
    };
  }

  function span(rows) {
    const instants = rows.map((row) => Number(row.cells[0].dataset.at));
    return Math.max(...instants) - Math.min(...instants);
  }

  function axis(unit) {
    const zh = document.documentElement.lang.startsWith("zh");
    const large = zh ? [[1e8, "亿"], [1e4, "万"]] : [[1e9, "bn"], [1e6, "m"], [1e3, "k"]];
    return function (value) {
      if (unit === "ppm") return value + "%";
      for (const [size, word] of large) if (Math.abs(value) >= size) return +(value / size).toFixed(1) + word;
      return String(value);
    };
  }

  // What a table holds: its columns that are drawn, and its rows.
  function read(table) {
    const heads = Array.from(table.tHead.rows[0].cells).slice(1);
    const rows = Array.from(table.tBodies[0].rows);
    const columns = heads.map((head, place) => ({ head, place, style: head.dataset.style, unit: head.dataset.unit, tone: head.dataset.tone, name: head.textContent }));
    return { rows, columns: columns.filter((one) => one.style !== "none"), timed: rows.some((row) => row.cells[0].dataset.at) };
  }

  function series(one, read_) {
    const values = read_.rows.map(function (row) {
      const value = number(row.cells[one.place + 1]);
      if (read_.timed) return [Number(row.cells[0].dataset.at), value];
      const strange = one.style === "line" && row.hasAttribute("data-strange");
      return strange ? { value, symbolSize: 11, itemStyle: { color: colour("late") } } : value;
    });
    const held = read_.timed ? values.filter((pair) => pair[1] !== null) : values;
    const paint = colour(one.tone);
    const common = { name: one.name, data: held, animation: false, itemStyle: { color: paint } };
    if (one.style === "bar") return { ...common, type: "bar", stack: "all", barMaxWidth: 26 };
    const line = { color: paint, width: one.style === "line" ? 2 : 1.4, type: one.style === "line" ? "solid" : "dashed" };
    return { ...common, type: "line", symbol: "circle", symbolSize: 5, showSymbol: one.style === "line", step: one.style === "step" ? "middle" : false, lineStyle: line, z: one.style === "line" ? 3 : 2 };
  }

  function option(table) {
    const held = read(table);
    const text = { color: colour("text"), fontSize: 11 };
    const grid = { lineStyle: { color: colour("grid") } };
    const narrow = table.closest(".chart").clientWidth < 420;
    const xs = held.timed
      ? { type: "time", axisLabel: { ...text, formatter: clock(span(held.rows)), hideOverlap: true } }
      : { type: "category", data: held.rows.map((row) => row.cells[0].firstChild.textContent.trim().replace(/^\d{4}-/, "")), axisLabel: { ...text, hideOverlap: true, interval: held.rows.length <= FEW ? 0 : "auto", width: narrow ? 52 : 90, overflow: "break" } };
    return {
      animation: false,
      textStyle: { fontFamily: "inherit" },
      grid: { left: 8, right: 14, top: 14, bottom: 4, containLabel: true },
      xAxis: { ...xs, axisLine: grid, axisTick: { show: false }, splitLine: { show: false } },
      yAxis: { type: "value", min: 0, minInterval: held.columns[0].unit === "count" ? 1 : 0, axisLabel: { ...text, formatter: axis(held.columns[0].unit) }, splitLine: grid },
      series: held.columns.map((one) => series(one, held)),
    };
  }

  function draw(figure) {
    const place = figure.querySelector(".canvas");
    const table = figure.querySelector("[data-table]");
    if (!place || !table || !window.echarts) return;
    const details = figure.querySelector("details");
    if (!place.classList.contains("drawn")) {
      place.classList.add("drawn");
      details.open = false;
    } else {
      details.open = opened.has(details.id);
    }
    let chart = drawn.get(place.id);
    if (!chart || chart.getDom() !== place) {
      if (chart) chart.dispose();
      chart = window.echarts.init(place, null, { renderer: "canvas" });
      drawn.set(place.id, chart);
    }
    chart.setOption(option(table), { notMerge: true });
  }

  const all = (root) => { for (const figure of root.querySelectorAll("[data-chart]")) draw(figure); };

  function tell(key) {
    const note = document.querySelector("[data-live-note]");
    if (!note) return;
    note.dataset.usual = note.dataset.usual || note.textContent;
    note.textContent = key ? note.dataset[key] : note.dataset.usual;
    note.classList.toggle("text-late", key === "lost");
  }

  const live = (event) => event.target instanceof Element && event.target.matches("[data-live]");

  document.addEventListener("toggle", function (event) {
    if (!event.target.matches || !event.target.matches(".chart-table")) return;
    if (event.target.open) opened.add(event.target.id); else opened.delete(event.target.id);
  }, true);
  // Nobody looks: nothing is asked. After some answers that did not come it is asked more seldom.
  document.addEventListener("htmx:beforeRequest", function (event) {
    if (live(event) && (document.hidden || (lost >= LOST_MAX && ++passed % PASSED))) event.preventDefault();
  });
  document.addEventListener("htmx:afterRequest", function (event) {
    if (!live(event)) return;
    lost = event.detail.successful ? 0 : lost + 1;
    tell(lost ? "lost" : "");
  });
  document.addEventListener("htmx:beforeSwap", function (event) {
    if (!live(event)) return;
    if (!event.detail.xhr.responseURL.includes("/live/figures")) { event.detail.shouldSwap = false; window.location.reload(); }
  });
  document.addEventListener("htmx:afterSwap", function (event) { all(event.target); });
  document.addEventListener("visibilitychange", function () {
    if (!document.hidden) lost = 0; // somebody looks again
    tell(document.hidden ? "paused" : "");
  });
  const tab = document.querySelector(".tabs .active");
  if (tab) tab.parentElement.scrollLeft = tab.offsetLeft - tab.parentElement.offsetLeft - 40;
  let waits = 0;
  window.addEventListener("resize", function () {
    clearTimeout(waits);
    waits = setTimeout(function () { for (const chart of drawn.values()) chart.resize(); }, 150);
  });
  all(document);
})();
