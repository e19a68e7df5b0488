// Makes the figures that carry their curves as numbers interactive. Without it every figure is its picture.
//
// uPlot, which draws, is the script before this one. What is shown is set as text and through `element.style`,
// never as markup: titles come from other people's files, and the page's policy forbids inline styles.
"use strict";
(() => {
    const FONT = '12px "Open Sans", "Helvetica Neue", Helvetica, Arial, sans-serif';
    const [INK, GRID, FRAME] = ["#595959", "#e6e6e6", "#9a9a9a"];
    const PLOT_HEIGHT = 300;
    const KEYS = "Drag to zoom, double-click to see all again. On a focused plot the arrow keys read the values, " +
        "with Shift point by point, and Escape leaves them.";

    /** An element with these attributes and children; a child that is a string is text. */
    function element(tag, attributes = {}, ...children) {
        const made = document.createElement(tag);
        for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, value);
        made.append(...children);
        return made;
    }

    /** A button that is pressed or not, or one that only acts where `pressed` is left out. */
    function button(text, onClick, pressed) {
        const state = pressed === undefined ? {} : { "aria-pressed": pressed };
        const made = element("button", { type: "button", ...state }, text);
        made.addEventListener("click", onClick);
        return made;
    }

    /** The numbers of a list as the page holds it; nothing between two commas is a point without a value. */
    function numbers(text) {
        return text.split(",").map((part) => (part === "" ? null : Number(part)));
    }

    /** A whole number with its digits in groups. */
    function whole(value) {
        return Math.round(value).toLocaleString("en");
    }

    /** What tells a run's curves apart: its label without the run, `train` or `validation`. */
    function setName({ run, label }) {
        const rest = label.startsWith(run) ? label.slice(run.length) : label;
        return rest.split(", ").pop() || "value";
    }

    /** One panel: its curves, what of them is in view, and the plot. */
    class Panel {
        constructor(data, chart) {
            Object.assign(this, { chart, label: data.y_label, isShare: data.is_share, range: data.y_range, zoomed: null });
            this.across = { range: data.x_range, isLog: data.x_is_log, isWhole: data.x_is_whole, names: data.x_names };
            this.x = numbers(data.x);
            this.curves = data.series.map((series) => {
                const values = numbers(series.values);
                const [first, last] = [values.findIndex((v) => v !== null), values.findLastIndex((v) => v !== null)];
                const band = series.low && { low: numbers(series.low), high: numbers(series.high) };
                return { ...series, values, first, last, band, set: setName(series) };
            });
            // The noise of single steps lies below the smooth curves, the bands below everything.
            this.drawn = [...this.curves].sort((a, b) => (a.line === "solid") - (b.line === "solid"));
            this.banded = this.curves.filter((curve) => curve.band);
            this.box = element("div", {
                class: "plot", tabindex: 0, role: "application", "aria-roledescription": "chart",
                "aria-label": `${data.y_label} over ${chart.xLabel}`, "aria-description": KEYS,
            });
            this.box.addEventListener("keydown", (event) => this.onKey(event));
            this.box.addEventListener("blur", () => chart.read(null));
            this.root = element("div", {}, element("p", { class: "heading" }, data.y_label), this.box);
            new ResizeObserver(() => this.resize()).observe(this.box);
        }

        /** Draws anew: whether an axis is logarithmic is fixed when a plot is made. */
        draw() {
            this.plot?.destroy();
            const edges = this.banded.flatMap(({ band }) => [band.high, band.low]);
            this.plot = new uPlot(this.options(), [this.x, ...edges, ...this.drawn.map((c) => c.values)], this.box);
        }

        options() {
            const { chart } = this;
            return {
                width: this.box.clientWidth, height: PLOT_HEIGHT, padding: [8, 24, 0, 0], legend: { show: false },
                scales: {
                    x: { time: false, distr: this.across.isLog ? 3 : 1, range: () => chart.x },
                    y: { distr: this.isLog() ? 3 : 1, range: () => this.visible() },
                },
                axes: this.axes(), series: [{}, ...this.edgeSeries(), ...this.drawn.map((c) => this.series(c))],
                bands: this.banded.map((curve, i) => ({ series: [2 * i + 1, 2 * i + 2], fill: curve.colour + "29" })),
                cursor: {
                    y: false, drag: { setScale: false, x: true, y: true, uni: 30, dist: 5 },
                    points: { size: 7, fill: (_, series) => this.curveOf(series)?.colour ?? "transparent" },
                    dataIdx: (_, series, index) => this.nearest(this.curveOf(series), index),
                    bind: { dblclick: () => () => chart.zoom(null) },
                },
                hooks: { setCursor: [(plot) => this.onCursor(plot)], setSelect: [(plot) => this.onSelect(plot)] },
            };
        }

        axes() {
            const common = {
                stroke: INK, font: FONT, labelFont: FONT, grid: { stroke: GRID, width: 1 },
                ticks: { stroke: FRAME, width: 1, size: 4 }, border: { show: true, stroke: FRAME, width: 1 }, gap: 4,
            };
            const ticks = (_, splits, _axis, _space, gap) => splits.map((value) => this.tickAcross(value, gap));
            return [
                { ...common, label: this.chart.xLabel, labelSize: 20, size: 28, values: ticks, space: 60 },
                { ...common, size: 54, values: (_, splits, _axis, _space, gap) => splits.map((v) => this.tick(v, gap)) },
            ];
        }

        edgeSeries() {
            return this.banded.flatMap(({ run }) => {
                const edge = { show: this.chart.shows(run), spanGaps: true, points: { show: false } };
                return [edge, { ...edge }];
            });
        }

        series({ run, colour, line }) {
            if (line === "points") {
                return { stroke: colour, paths: () => null, show: this.chart.shows(run), points: { show: true, size: 8, fill: colour } };
            }
            // The noise of single steps is thin and pale.
            const looks = { solid: { width: 2 }, dashed: { width: 1.4, dash: [4, 3] }, faint: { width: 0.9 } }[line];
            const stroke = line === "faint" ? colour + "8c" : colour;
            return { ...looks, stroke, pxAlign: 0, show: this.chart.shows(run), spanGaps: true, points: { show: false } };
        }

        /** The curve of one of the plot's series; none for x and for the edges of bands. */
        curveOf(series) {
            return this.drawn[series - 1 - 2 * this.banded.length];
        }

        /** The point of the curve that is nearest to this one and has a value; none before its first, after its last. */
        nearest(curve, index) {
            if (!curve || index < curve.first || index > curve.last) return null;
            for (let away = 0; ; away += 1) {
                if (curve.values[index - away] != null) return index - away;
                if (curve.values[index + away] != null) return index + away;
            }
        }

        /** The curve's value at x, or its last where x is null, as text. */
        valueAt(curve, x) {
            const index = x === null ? curve.last : this.nearest(curve, this.plot.valToIdx(x));
            return curve.values[index] === undefined || index === null ? "–" : this.format(curve.values[index]);
        }

        format(value) {
            if (this.isShare) return `${(100 * value).toFixed(2)} %`;
            return Math.abs(value) < 1e4 ? value.toFixed(4) : value.toExponential(2);
        }

        tick(value, gap) {
            if (value === null) return "";
            if (this.isLog()) return /^[125]e/.test(value.toExponential(2).replace(".00", "")) ? String(Number(value.toPrecision(1))) : "";
            const decimals = Math.min(8, Math.max(0, Math.ceil(-Math.log10(this.isShare ? 100 * gap : gap) - 1e-9)));
            return this.isShare ? `${(100 * value).toFixed(decimals)} %` : value.toFixed(decimals);
        }

        tickAcross(value, gap) {
            const { isLog, isWhole, names } = this.across;
            if (value === null) return "";
            if (names.length > 0) return names[value] ?? "";
            if (isLog) return /^[125]\.?0*e/.test(value.toExponential(2)) ? String(Number(value.toPrecision(1))) : "";
            if (Number.isInteger(value)) return whole(value);
            return isWhole ? "" : value.toFixed(Math.min(8, Math.max(0, Math.ceil(-Math.log10(gap) - 1e-9))));
        }

        /** A place along x as text. */
        textAcross(x) {
            const { isWhole, names } = this.across;
            if (names.length > 0) return names[Math.round(x)] ?? "";
            return isWhole ? whole(x) : String(Number(x.toPrecision(4)));
        }

        isLog() {
            return this.chart.isLog && !this.isShare;
        }

        /** Lowest and highest y in view. A logarithmic axis shows all values, for which it is there. */
        visible() {
            if (this.zoomed || !this.isLog()) return this.zoomed ?? this.range;
            const values = this.curves.flatMap((curve) => curve.values.filter((value) => value > 0));
            const [low, high] = values.reduce(([a, b], v) => [Math.min(a, v), Math.max(b, v)], [Infinity, 0]);
            return low < high ? [low / 1.1, high * 1.1] : [0.1, 10];
        }

        /** Shows what is to be seen now: part of x and y, runs. */
        refresh() {
            this.plot.batch(() => {
                const shows = [{}, ...this.banded.flatMap((c) => [c, c]), ...this.drawn].map((c) => this.chart.shows(c.run));
                shows.forEach((show, i) => i > 0 && this.plot.series[i].show !== show && this.plot.setSeries(i, { show }));
                for (const [axis, [min, max]] of [["x", this.chart.x], ["y", this.visible()]]) {
                    this.plot.setScale(axis, { min, max });
                }
            });
        }

        resize() {
            const width = this.box.clientWidth;
            if (this.plot && width > 0 && width !== this.plot.width) this.plot.setSize({ width, height: PLOT_HEIGHT });
        }

        /** Puts the vertical line at x, or away. */
        point(x) {
            this.plot.setCursor(x === null ? { left: -10, top: -10 } : { left: this.plot.valToPos(x, "x"), top: 10 }, false);
        }

        onCursor(plot) {
            this.chart.read(plot.cursor.left < 0 ? null : plot.posToVal(plot.cursor.left, "x"), this);
        }

        onSelect(plot) {
            const { left, top, width, height } = plot.select;
            const across = width < plot.over.clientWidth ? [left, left + width].map((p) => plot.posToVal(p, "x")) : this.chart.x;
            if (height < plot.over.clientHeight) this.zoomed = [top + height, top].map((p) => plot.posToVal(p, "y"));
            plot.setSelect({ left: 0, top: 0, width: 0, height: 0 }, false);
            this.chart.zoom(across);
        }

        onKey(event) {
            const [from, to] = this.chart.x.map((x) => this.plot.valToIdx(x));
            const stride = event.shiftKey ? 1 : Math.max(1, Math.round((to - from) / 50));
            const at = this.chart.reading === null ? null : this.plot.valToIdx(this.chart.reading);
            const target = {
                ArrowRight: at === null ? from : at + stride, ArrowLeft: at === null ? to : at - stride,
                Home: from, End: to, Escape: null,
            }[event.key];
            if (target === undefined || event.ctrlKey || event.altKey || event.metaKey) return;
            event.preventDefault();
            this.chart.read(target === null ? null : this.x[Math.min(to, Math.max(from, target))]);
            this.chart.say(this);
        }
    }

    /** All panels of a figure, with what they have in common: the runs in view, part of x, the point that is read. */
    class Chart {
        constructor(figure, data) {
            Object.assign(this, { figure, xLabel: data.x_label, hidden: new Set(), isLog: false, reading: null });
            this.panels = data.panels.map((panel) => new Panel(panel, this));
            const hasPoints = (panel) => panel.curves.some(({ line }) => line === "points");
            const ends = this.panels.flatMap((panel) => (hasPoints(panel) ? panel.across.range : [panel.x[0], panel.x.at(-1)]));
            this.all = this.x = [Math.min(...ends), Math.max(...ends)];
            this.runs = [...new Set(this.panels.flatMap((panel) => panel.curves.map((curve) => curve.run)))];
            this.cells = [];
            this.announcer = element("p", { class: "visually-hidden", "aria-live": "polite" });
            figure.querySelector(".picture").after(this.body());
            this.showInteractive(true);
        }

        body() {
            this.view = button("", () => this.showInteractive(!this.figure.classList.contains("interactive")));
            this.back = button("Reset zoom", () => this.zoom(null));
            const log = button("Logarithmic axis", () => {
                this.isLog = !this.isLog;
                log.setAttribute("aria-pressed", this.isLog);
                this.panels.forEach((panel) => { panel.zoomed = null; panel.draw(); });
                this.zoom(null);
            }, false);
            const tools = this.panels.every((panel) => panel.isShare) ? [this.back] : [log, this.back];
            const live = element("div", { class: "live" },
                element("div", { class: "plots" }, ...this.panels.map((panel) => panel.root)),
                element("div", { class: "readings" }, this.legend()), element("p", { class: "keys" }, KEYS), this.announcer);
            tools.forEach((tool) => tool.classList.add("live"));
            return element("div", { class: "chart" }, element("div", { class: "tools" }, ...tools, this.view), live);
        }

        /** The legend, which is the table of values as well: a row per run, a column per panel and set. */
        legend() {
            this.caption = element("caption", {});
            const columns = this.panels.map((panel) => ({ panel, sets: [...new Set(panel.curves.map((c) => c.set))] }));
            const over = columns.map(({ panel, sets }) => element("th", { scope: "colgroup", colspan: sets.length }, panel.label));
            const names = columns.flatMap(({ panel, sets }) => sets.map((set) => {
                const { line } = panel.curves.find((curve) => curve.set === set);
                return element("th", { scope: "col" }, element("span", { class: `sample ${line}` }), set);
            }));
            const head = element("thead", {},
                element("tr", {}, element("th", { scope: "col", rowspan: 2 }, "Run"), ...over), element("tr", {}, ...names));
            return element("table", {}, this.caption, head, element("tbody", {}, ...this.runs.map((run) => this.row(run, columns))));
        }

        row(run, columns) {
            const colour = this.panels.flatMap((panel) => panel.curves).find((curve) => curve.run === run).colour;
            const swatch = element("span", { class: "swatch" });
            swatch.style.background = colour;
            const toggle = button(run, () => this.toggle(run, toggle), true);
            toggle.prepend(swatch);
            const cells = columns.flatMap(({ panel, sets }) => sets.map((set) => {
                const cell = element("td", {});
                const curve = panel.curves.find((candidate) => candidate.run === run && candidate.set === set);
                if (curve) this.cells.push({ cell, panel, curve });
                return cell;
            }));
            return element("tr", {}, element("th", { scope: "row" }, toggle), ...cells);
        }

        shows(run) {
            return !this.hidden.has(run);
        }

        toggle(run, control) {
            if (!this.hidden.delete(run)) this.hidden.add(run);
            control.setAttribute("aria-pressed", this.shows(run));
            this.panels.forEach((panel) => panel.refresh());
        }

        /** Shows this part of x in all panels; all of x and y with null. */
        zoom(across) {
            if (!across) this.panels.forEach((panel) => { panel.zoomed = null; });
            this.x = across ?? this.all;
            this.back.disabled = !across;
            this.panels.forEach((panel) => panel.refresh());
        }

        /** Shows all values at x; the last ones with null. `source` is the panel whose line is there already. */
        read(x, source) {
            this.reading = x;
            this.panels.filter((panel) => panel !== source).forEach((panel) => panel.point(x));
            this.caption.textContent = x === null ? "Last value of every curve" : `${this.xLabel}: ${this.panels[0].textAcross(x)}`;
            for (const { cell, panel, curve } of this.cells) cell.textContent = panel.valueAt(curve, x);
        }

        /** Says a panel's values aloud, to whoever reads by keyboard. */
        say(panel) {
            const values = panel.curves.filter((curve) => this.shows(curve.run))
                .map((curve) => `${curve.label}: ${panel.valueAt(curve, this.reading)}`);
            this.announcer.textContent = `${this.caption.textContent}. ${panel.label}. ${values.join("; ")}`;
        }

        showInteractive(isInteractive) {
            this.figure.classList.toggle("interactive", isInteractive);
            this.view.textContent = isInteractive ? "Static figure" : "Interactive figure";
            if (!isInteractive) return;
            if (!this.panels[0].plot) this.panels.forEach((panel) => panel.draw());
            this.panels.forEach((panel) => panel.resize());
            this.zoom(null);
            this.read(null);
        }
    }

    for (const data of document.querySelectorAll('figure > script[type="application/json"]')) {
        new Chart(data.closest("figure"), JSON.parse(data.textContent));
    }
})();
