// A canvas to draw a digit on, and what every network of the page makes of it, without a server.
"use strict";
(() => {
    const PIXEL = 10;
    const PAPER = SIDE * PIXEL;
    // The pen is as wide as in MNIST, in proportion to the digit, so that a small one does not become a blot.
    // Strokes smaller than a dot are a dot, which is not a digit: a click, or a finger that slips.
    const [PEN, THINNEST, THICKEST, DOT] = [0.11, 5, 30, 14];
    const ARROWS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };
    const KEYS = "With the keyboard, on the canvas: a digit key loads an image of that digit, the arrow keys move it, " +
        "Z takes back the last step, Delete clears.";
    const DOUBTS = {
        empty: "The canvas is empty: nothing is classified.",
        small: "Not a digit, because it is too small: nothing is classified.",
        solid: "Not a digit, but a solid area without strokes: nothing is classified.",
        flat: "Not a digit, because it is more than 2.5 times as wide as high: nothing is classified.",
        scattered: "Not a digit, but many small pieces: nothing is classified.",
    };

    /** An element with these attributes and children; a child that is a string is text. */
    function element(tag, attributes = {}, ...children) {
        const made = document.createElement(tag);
        for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, value);
        made.append(...children);
        return made;
    }

    function button(text, onClick) {
        const made = element("button", { type: "button" }, text);
        made.addEventListener("click", onClick);
        return made;
    }

    function percent(probability) {
        return `${(100 * (probability < 1 ? Math.min(probability, 0.9999) : 1)).toFixed(2)} %`;
    }

    // What is drawn.

    /** Strokes, points in pixels of the canvas, over a loaded digit, and how far that was moved. */
    const NOTHING = { strokes: [], digit: null, shift: [0, 0] };

    class Canvas {
        constructor(digits, onChange) {
            Object.assign(this, { digits, onChange, drawing: NOTHING, before: [], loaded: 0, pointer: null });
            this.element = element("canvas", {
                width: PAPER, height: PAPER, class: "paper", tabindex: 0, role: "application",
                "aria-label": "Canvas to draw a digit on", "aria-describedby": "drawing_keys",
            });
            this.context = this.element.getContext("2d", { alpha: false, willReadFrequently: true });
            this.listen();
            this.paint();
        }

        listen() {
            const on = (name, handler) => this.element.addEventListener(name, handler);
            on("pointerdown", (event) => this.begin(event));
            on("pointermove", (event) => this.draw(event));
            for (const end of ["pointerup", "pointercancel"]) on(end, (event) => this.end(event));
            on("keydown", (event) => this.press(event));
        }

        begin(event) {
            if (this.pointer !== null || event.button > 0) return;
            this.pointer = event.pointerId;
            this.element.setPointerCapture(event.pointerId);
            this.change({ strokes: [...this.drawing.strokes, [this.place(event)]] }, false);
        }

        draw(event) {
            if (event.pointerId !== this.pointer) return;
            const passed = event.getCoalescedEvents?.() ?? [];
            const stroke = this.drawing.strokes.at(-1);
            stroke.push(...(passed.length > 0 ? passed : [event]).map((point) => this.place(point)));
            this.paint();
            this.onChange(false);
        }

        end(event) {
            if (event.pointerId !== this.pointer) return;
            this.pointer = null;
            this.onChange(true);
        }

        /** A point of the window in pixels of the canvas. */
        place(event) {
            const box = this.element.getBoundingClientRect();
            return [((event.clientX - box.left) * PAPER) / box.width, ((event.clientY - box.top) * PAPER) / box.height];
        }

        press(event) {
            if (event.ctrlKey ? event.key !== "z" : event.altKey || event.metaKey) return;
            const label = this.digits.some((digit) => String(digit.label) === event.key) ? Number(event.key) : null;
            if (label !== null) this.load(label);
            else if (ARROWS[event.key] && !this.isEmpty()) this.move(ARROWS[event.key]);
            else if (event.key.toLowerCase() === "z") this.undo();
            else if (event.key === "Delete" || event.key === "Backspace") this.clear();
            else return;
            event.preventDefault();
        }

        isEmpty() {
            return this.drawing.digit === null && this.drawing.strokes.length === 0;
        }

        /** Loads the next digit, or the next of a class. */
        load(label) {
            const all = this.digits.length;
            const order = Array.from({ length: all }, (_, index) => this.digits[(this.loaded + index) % all]);
            const digit = order.find((one) => label === undefined || one.label === label);
            this.loaded = this.digits.indexOf(digit) + 1;
            this.change({ ...NOTHING, digit });
        }

        move([x, y]) {
            const strokes = this.drawing.strokes.map((stroke) => stroke.map((point) => [point[0] + x * PIXEL, point[1] + y * PIXEL]));
            this.change({ strokes, shift: [this.drawing.shift[0] + x, this.drawing.shift[1] + y] });
        }

        clear() {
            if (!this.isEmpty()) this.change(NOTHING);
        }

        undo() {
            if (this.before.length === 0) return;
            this.drawing = this.before.pop();
            this.paint();
            this.onChange(true);
        }

        change(parts, isDone = true) {
            this.before.push(this.drawing);
            this.drawing = { ...this.drawing, ...parts };
            this.paint();
            this.onChange(isDone);
        }

        paint() {
            const { context, drawing: { strokes, digit, shift } } = this;
            context.fillStyle = "#000";
            context.fillRect(0, 0, PAPER, PAPER);
            if (digit) {
                digit.pixels.forEach((grey, at) => {
                    context.fillStyle = `rgb(${grey} ${grey} ${grey})`;
                    context.fillRect((shift[0] + (at % SIDE)) * PIXEL, (shift[1] + Math.floor(at / SIDE)) * PIXEL, PIXEL, PIXEL);
                });
            }
            const [across, down] = [0, 1].map((axis) => strokes.flat().map((point) => point[axis]));
            const extent = (places) => (places.length > 0 ? Math.max(...places) - Math.min(...places) : 0);
            const size = Math.max(extent(across), extent(down));
            const isDot = size < DOT;
            const width = isDot ? DOT : Math.min(Math.max(PEN * size, THINNEST), THICKEST);
            Object.assign(context, { strokeStyle: "#fff", lineWidth: width, lineCap: "round", lineJoin: "round" });
            for (const stroke of isDot ? strokes.slice(0, 1).map((first) => first.slice(0, 1)) : strokes) {
                context.beginPath();
                // A path that leads nowhere is not drawn, and a dot would be missing.
                context.moveTo(stroke[0][0] - 0.01, stroke[0][1]);
                for (const point of stroke) context.lineTo(...point);
                context.stroke();
            }
        }

        pixels() {
            const { data } = this.context.getImageData(0, 0, PAPER, PAPER);
            return Array.from({ length: PAPER * PAPER }, (_, at) => data[4 * at]);
        }
    }

    // What the page shows.

    /** Blue below 0, white at 0, red above, as in the report's pictures of weights. */
    function colour(share) {
        const size = Math.min(Math.abs(share), 1);
        const [from, to] = [[255, 255, 255], share < 0 ? [33, 102, 172] : [178, 24, 43]];
        return from.map((part, channel) => Math.round(part + size * (to[channel] - part)));
    }

    /** Rows of up to 64 values of dense layers, each layer on new ones, or of up to 8 maps of a convolution. */
    function paintUnits(canvas, layers, shade) {
        const isMaps = isConvolution(layers[0].layer);
        const side = isMaps ? Math.sqrt(layers[0].values.length / layers[0].layer.shape[0]) : 1;
        const [cell, most] = [isMaps ? side + 1 : 1, isMaps ? 8 : 64];
        const tiles = layers.map(({ values }) => values.length / (side * side));
        canvas.width = Math.min(Math.max(...tiles), most) * cell;
        canvas.height = tiles.reduce((rows, count) => rows + Math.ceil(count / most), 0) * cell;
        if (!isMaps) canvas.style.height = `${0.5 * canvas.height}rem`;
        const context = canvas.getContext("2d");
        const image = context.createImageData(canvas.width, canvas.height);
        let top = 0;
        layers.forEach(({ values }, index) => {
            const largest = values.reduce((size, value) => Math.max(size, Math.abs(value)), 1e-9);
            values.forEach((value, at) => {
                const [tile, within] = [Math.floor(at / (side * side)), at % (side * side)];
                const x = (tile % most) * cell + (within % side);
                const y = top + Math.floor(tile / most) * cell + Math.floor(within / side);
                image.data.set([...colour(shade(value, largest)), 255], 4 * (y * canvas.width + x));
            });
            top += Math.ceil(tiles[index] / most) * cell;
        });
        context.putImageData(image, 0, 0);
    }

    /** How many units fire, in every layer. */
    function firing(layers) {
        const all = layers.reduce((count, { values }) => count + values.length, 0);
        const some = layers.reduce((count, layer) => count + layer.firing, 0);
        const words = `${some.toLocaleString("en")} of ${all.toLocaleString("en")}`;
        return isConvolution(layers[0].layer) ? `${layers[0].layer.title}: ${words} fire` : `${words} hidden units fire`;
    }

    class Card {
        constructor(network, classes) {
            this.network = network;
            this.verdict = element("p", { class: "says" });
            this.bars = Array.from({ length: classes }, (_, label) => {
                const fill = element("span", { class: "fill" });
                return { fill, box: element("span", { class: "bar" }, fill, element("span", { class: "label" }, String(label))) };
            });
            this.chart = element("div", { class: "bars", role: "img" }, ...this.bars.map(({ box }) => box));
            // A picture for every convolution, and one for all dense layers.
            const hidden = network.layers.filter((layer) => layer.is_hidden);
            const dense = hidden.filter((layer) => !isConvolution(layer));
            const groups = [...hidden.filter(isConvolution).map((layer) => [layer]), dense].filter((group) => group.length > 0);
            this.units = groups.map((group) => {
                const [canvas, words] = [element("canvas", { role: "img", width: 1, height: 1 }), element("span")];
                return { group, canvas, words, box: element("div", { class: "layer" }, words, canvas) };
            });
            this.element = element("section", { class: "network" },
                element("h3", {}, network.title),
                // A long name breaks after an underscore.
                element("p", { class: "from" },
                    ...`${network.name}, seed ${network.seed}`.split(/(?<=_)/).flatMap((part) => [element("wbr"), part])),
                this.verdict, this.chart, ...this.units.map(({ box }) => box));
        }

        show(pixels) {
            const seen = pixels ? this.network.see(pixels) : null;
            const probabilities = seen?.probabilities ?? this.bars.map(() => 0);
            const best = probabilities.indexOf(Math.max(...probabilities));
            const certainty = element("span", {}, seen ? percent(probabilities[best]) : "nothing to classify");
            this.verdict.replaceChildren(element("b", {}, seen ? String(best) : "–"), " ", certainty);
            this.bars.forEach(({ fill, box }, label) => {
                fill.style.height = `${100 * probabilities[label]}%`;
                box.classList.toggle("best", seen !== null && label === best);
                box.dataset.probability = seen ? String(probabilities[label]) : "";
            });
            this.chart.setAttribute("aria-label", seen
                ? `Probabilities. ${probabilities.map((share, label) => `${label}: ${percent(share)}`).join(", ")}`
                : "No probabilities");
            this.units.forEach(({ group, canvas, words, box }) => {
                box.classList.toggle("idle", !seen);
                const layers = seen?.hidden.filter(({ layer }) => group.includes(layer)) ?? [];
                words.textContent = seen ? firing(layers) : "No hidden unit fires";
                const each = layers.map((one) => `${one.layer.title}: ${one.firing} of ${one.values.length}`);
                canvas.setAttribute("aria-label", seen ? `Hidden units that fire. ${each.join(", ")}` : "No hidden unit");
                if (seen) paintUnits(canvas, layers, this.network.shade);
            });
            return seen ? best : null;
        }
    }

    function inWords(classes) {
        const counts = new Map();
        for (const one of classes) counts.set(one, (counts.get(one) ?? 0) + 1);
        const [[first, most], ...rest] = [...counts].sort((a, b) => b[1] - a[1]);
        if (classes.length === 1) return `The network says ${first}.`;
        const others = rest.map(([label, count]) => `, ${count} ${count === 1 ? "says" : "say"} ${label}`).join("");
        return `${most} of ${classes.length} networks ${most === 1 ? "says" : "say"} ${first}${others}.`;
    }

    function save(canvas) {
        element("a", { href: canvas.element.toDataURL("image/png"), download: "digit.png" }).click();
    }

    function build(section) {
        const data = JSON.parse(section.querySelector("script").textContent);
        const digits = data.digits.map(({ label, pixels }) => ({ label, pixels: bytes(pixels) }));
        const cards = data.networks.map((network) => new Card(new Network(network), data.classes));
        const seen = element("canvas", { width: SIDE, height: SIDE, class: "seen", role: "img", "aria-label": "The image of 28 x 28 pixels that the networks see" });
        const picture = seen.getContext("2d", { willReadFrequently: true });
        const status = element("p", { role: "status" });
        const show = (isDone) => {
            const { pixels, doubt: why } = prepare(canvas.pixels(), PAPER, isDone);
            const image = new ImageData(SIDE, SIDE);
            for (let at = 0; at < SIDE * SIDE; at += 1) image.data.set([...Array(3).fill(pixels?.[at] ?? 0), 255], 4 * at);
            picture.putImageData(image, 0, 0);
            const classes = cards.map((card) => card.show(why ? null : pixels));
            // Read out once a stroke has ended, not while it is drawn.
            if (isDone) status.textContent = why ? DOUBTS[why] : inWords(classes);
        };
        let isWaiting = false;
        const canvas = new Canvas(digits, (isDone) => {
            if (isDone) return show(true);
            if (!isWaiting) requestAnimationFrame(() => { isWaiting = false; show(false); });
            isWaiting = true;
        });
        const tools = element("div", { class: "tools" },
            button("Undo", () => canvas.undo()), button("Clear", () => canvas.clear()),
            button("Load a digit", () => canvas.load()), button("Save as PNG", () => save(canvas)));
        section.querySelector(".note").replaceWith(
            element("div", { class: "board" },
                element("div", {}, canvas.element, tools),
                element("div", { class: "result" }, seen, status,
                    element("p", { class: "keys", id: "drawing_keys" }, KEYS))),
            element("div", { class: "networks" }, ...cards.map((card) => card.element)));
        show(true);
    }

    document.querySelectorAll("section.drawing").forEach(build);
})();
