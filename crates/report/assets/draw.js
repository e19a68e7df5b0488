// A canvas to draw a digit on, and what every network of the page makes of it, without a server.
//
// `prepare` repeats crates/mnist/src/preprocess.rs in the same arithmetic and order, so that page and program see the same
// pixels; the networks compute in double precision, as the program's `predict` does.
"use strict";
(() => {
    const [SIDE, BOX, MIDDLE] = [28, 20, 14];
    const [FAINTEST_INK, FAINTEST_STROKE, WITHIN_EDGE] = [32, 26, 0.75];
    const [STROKE, SOLID_ROWS, MOST_INKED, WIDEST, LARGEST_PIECE] = [128, 12, 360, 2.5, 0.4];
    const PIXEL = 10;
    const PAPER = SIDE * PIXEL;
    // The pen is as wide as in MNIST, in proportion to the digit, so that a small one does not become a blot.
    // Something smaller than a dot is a dot, which is not a digit.
    const [PEN, THINNEST, THICKEST, DOT] = [0.11, 5, 30, 14];
    const POOL = 2;
    const ARROWS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };
    const KEYS = "With the keyboard, on the canvas: a digit key loads an image of that digit, the arrow keys move it, " +
        "Z takes back the last step, Delete clears.";
    const DOUBTS = {
        empty: "The canvas is empty: nothing is classified.",
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

    function bytes(base64) {
        return Uint8Array.from(atob(base64), (letter) => letter.charCodeAt(0));
    }

    /** Numbers in single precision, little-endian. */
    function floats(base64) {
        const view = new DataView(bytes(base64).buffer);
        return Float32Array.from({ length: view.byteLength / 4 }, (_, index) => view.getFloat32(4 * index, true));
    }

    // The image as the networks expect it.

    /** The smallest value that more than `part / parts` of the values do not exceed. */
    function quantile(values, part, parts) {
        const counts = new Array(256).fill(0);
        for (const value of values) counts[value] += 1;
        let upTo = 0;
        return counts.findIndex((count) => (upTo += count) * parts > values.length * part);
    }

    /** Shades of grey, `size` rows and columns, as ink on 28 x 28 pixels, or what makes it no digit. */
    function prepare(pixels, size) {
        const isBorder = (_, at) => at < size || at >= size * (size - 1) || at % size === 0 || at % size === size - 1;
        const border = pixels.filter(isBorder);
        const median = quantile(border, 1, 2);
        const spread = quantile(border.map((pixel) => Math.abs(pixel - median)), 3, 4);
        const [light, dark] = [(pixel) => Math.max(0, pixel - median), (pixel) => Math.max(0, median - pixel)];
        const sum = (ink) => pixels.reduce((total, pixel) => total + ink(pixel), 0);
        const ink = pixels.map(sum(light) >= sum(dark) ? light : dark);
        const strongest = ink.reduce((most, value) => Math.max(most, value), 0);
        if (strongest < FAINTEST_INK) return { doubt: "empty" };
        const noise = Math.min(Math.max(3 * spread, 0.1 * strongest), 0.5 * strongest);
        const placed = place(ink.map((value) => (value <= noise ? 0 : value)), size);
        return { pixels: placed, doubt: doubt(placed) };
    }

    function whole(number) {
        return Math.floor(number + 0.5);
    }

    /** The ink at its size and place. */
    function place(ink, size) {
        const framed = scaled(ink, size, [0, 0], size / SIDE, [SIDE, SIDE]);
        if (isNearlyPlaced(framed)) return framed;
        const profiles = profilesOf(ink, size);
        const longest = Math.max(...profiles.map(extent));
        const [[left, right], [top, bottom]] = profiles.map((profile) => edges(profile, (WITHIN_EDGE * longest) / BOX));
        const [across, down] = [right - left, bottom - top];
        const step = Math.max(across, down) / BOX;
        const parts = [across, down].map((length) => Math.min(Math.max(whole(length / step), 1), BOX));
        const digit = scaled(ink, size, [left, top], step, parts);
        const corner = centreOfMass(digit, parts[0]).map((centre, axis) =>
            Math.min(Math.max(MIDDLE - centre, 0), SIDE - parts[axis]));
        const placed = new Uint8Array(SIDE * SIDE);
        digit.forEach((value, at) => {
            placed[(corner[1] + Math.floor(at / parts[0])) * SIDE + corner[0] + (at % parts[0])] = value;
        });
        return placed;
    }

    function isNearlyPlaced(pixels) {
        const longer = longerSide(pixels.map((ink) => (ink >= FAINTEST_STROKE ? ink : 0)));
        return longer >= BOX - 2 && longer <= BOX + 1 && centreOfMass(pixels, SIDE).every((centre) => centre === MIDDLE);
    }

    /** The strongest ink of every column, and of every row. */
    function profilesOf(ink, width) {
        const [columns, rows] = [new Array(width).fill(0), new Array(ink.length / width).fill(0)];
        ink.forEach((value, at) => {
            const [column, row] = [at % width, Math.floor(at / width)];
            columns[column] = Math.max(columns[column], value);
            rows[row] = Math.max(rows[row], value);
        });
        return [columns, rows];
    }

    /** Positions from the first to the last with ink. */
    function extent(profile) {
        const hasInk = (ink) => ink > 0;
        return profile.some(hasInk) ? profile.findLastIndex(hasInk) - profile.findIndex(hasInk) + 1 : 0;
    }

    function longerSide(pixels) {
        return Math.max(...profilesOf(pixels, SIDE).map(extent));
    }

    function edges(profile, within) {
        return [edge(profile, within), profile.length - edge([...profile].reverse(), within)];
    }

    /** Where ink begins: where a blurred edge has half its height. */
    function edge(profile, within) {
        const first = profile.findIndex((ink) => ink > 0);
        const half = (2 * profile[Math.min(Math.trunc(first + within), profile.length - 1)]) / 3;
        const at = profile.findIndex((ink, place) => place >= first && ink >= half);
        if (at === first) return first;
        const [before, after] = [profile[at - 1], profile[at]];
        return at - 0.5 + (half - before) / (after - before);
    }

    /** The part from this column and row on with another size, `step` pixels becoming one; the strongest ink is 255. */
    function scaled(ink, size, [left, top], step, [width, height]) {
        const across = Array.from({ length: size }, (_, row) =>
            resampled(width, left, step, size, (column) => ink[row * size + column]));
        const columns = Array.from({ length: width }, (_, column) =>
            resampled(height, top, step, size, (row) => across[row][column]));
        const strongest = Math.max(...columns.flat());
        return Uint8Array.from({ length: width * height }, (_, at) =>
            whole((columns[at % width][Math.floor(at / width)] * 255) / strongest));
    }

    /** `to` values along a line of `length`, each for `step` of them from `start` on: means, weighted by the distance. */
    function resampled(to, start, step, length, value) {
        const reach = (Math.max(step, 1) + 1) / 2;
        return Array.from({ length: to }, (_, index) => {
            const centre = start + (index + 0.5) * step;
            const last = Math.min(Math.trunc(centre + reach + 0.5), length - 1);
            let [sum, weights] = [0, 0];
            for (let at = Math.min(Math.max(0, Math.trunc(centre - reach - 0.5)), last); at <= last; at += 1) {
                const weight = Math.max(reach - Math.abs(at + 0.5 - centre), 0);
                sum += weight * value(at);
                weights += weight;
            }
            return weights > 0 ? sum / weights : 0;
        });
    }

    function centreOfMass(ink, width) {
        let [mass, x, y] = [0, 0, 0];
        ink.forEach((value, at) => {
            mass += value;
            x += value * (at % width);
            y += value * Math.floor(at / width);
        });
        return [whole(x / mass), whole(y / mass)];
    }

    /** Why pixels look unlike every image of MNIST; nothing if they do not. */
    function doubt(pixels) {
        const [width, height] = profilesOf(pixels, SIDE).map(extent);
        const inked = pixels.filter((ink) => ink >= STROKE / 2).length;
        if (inked > MOST_INKED || largestSquare(pixels) >= SOLID_ROWS) return "solid";
        if (width > WIDEST * height) return "flat";
        return largestPiece(pixels) < LARGEST_PIECE ? "scattered" : null;
    }

    function largestSquare(pixels) {
        const rows = new Array(pixels.length).fill(0);
        pixels.forEach((ink, at) => {
            if (ink < STROKE) return;
            const isInside = at >= SIDE && at % SIDE > 0;
            rows[at] = isInside ? 1 + Math.min(rows[at - 1], rows[at - SIDE], rows[at - SIDE - 1]) : 1;
        });
        return Math.max(...rows);
    }

    function largestPiece(pixels) {
        const left = Array.from(pixels, (ink) => ink >= STROKE / 2);
        const all = left.filter(Boolean).length;
        let largest = 0;
        for (let start = 0; start < left.length; start += 1) {
            const reached = [start];
            let size = 0;
            while (reached.length > 0) {
                const at = reached.pop();
                if (!left[at]) continue;
                left[at] = false;
                size += 1;
                const [row, column] = [Math.floor(at / SIDE), at % SIDE];
                for (let y = Math.max(0, row - 1); y <= Math.min(SIDE - 1, row + 1); y += 1) {
                    for (let x = Math.max(0, column - 1); x <= Math.min(SIDE - 1, column + 1); x += 1) reached.push(y * SIDE + x);
                }
            }
            largest = Math.max(largest, size);
        }
        return largest / all;
    }

    // The networks.

    /** Each activation, and what a unit's colour shows of it, from -1 to 1. */
    const ACTIVATIONS = {
        sigmoid: [(x) => 1 / (1 + Math.exp(-x)), (y) => 2 * y - 1],
        improved_sigmoid: [(x) => 1.7159 * Math.tanh((2 / 3) * x), (y) => y / 1.7159],
        tanh: [Math.tanh, (y) => y],
        relu: [(x) => Math.max(0, x), (y, most) => y / most],
    };

    class Network {
        constructor(data) {
            Object.assign(this, data);
            this.layers = data.layers.map((layer) =>
                ({ ...layer, weight: floats(layer.weight), bias: layer.bias && floats(layer.bias) }));
            [this.activate, this.shade] = ACTIVATIONS[data.activation];
        }

        /** The probability of every class, and the hidden layers: their values, and how many units fire. */
        see(pixels) {
            const hidden = [];
            let values = Float64Array.from(pixels, (pixel) => Math.fround((pixel - this.mean) / this.std));
            for (const layer of this.layers) {
                const sums = isConvolution(layer) ? convolution(layer, values) : dense(layer, values);
                if (!layer.is_hidden) {
                    values = sums;
                    break;
                }
                values = sums.map(this.activate);
                const firing = sums.reduce((count, sum) => count + (sum > 0 ? 1 : 0), 0);
                hidden.push({ layer, values, firing });
                if (isConvolution(layer)) values = pooled(values, layer.shape[0]);
            }
            const largest = Math.max(...values);
            const powers = values.map((logit) => Math.exp(logit - largest));
            const sum = powers.reduce((total, power) => total + power, 0);
            return { probabilities: Array.from(powers, (power) => power / sum), hidden };
        }
    }

    function dense({ shape: [inputs, outputs], weight, bias }, values) {
        const sums = new Float64Array(outputs);
        if (bias) sums.set(bias);
        for (let input = 0; input < inputs; input += 1) {
            for (let output = 0; output < outputs; output += 1) sums[output] += values[input] * weight[input * outputs + output];
        }
        return sums;
    }

    /** Square maps, each the sum over all maps before. */
    function convolution({ shape: [maps, before, rows, columns], padding, weight, bias }, values) {
        const size = Math.sqrt(values.length / before);
        const side = size + 2 * padding - rows + 1;
        const sums = new Float64Array(maps * side * side);
        const at = (map, y, x) => (y < 0 || x < 0 || y >= size || x >= size ? 0 : values[(map * size + y) * size + x]);
        for (let place = 0; place < sums.length; place += 1) {
            const [map, y, x] = [Math.floor(place / (side * side)), Math.floor(place / side) % side, place % side];
            let sum = bias ? bias[map] : 0;
            for (let from = 0; from < before; from += 1) {
                for (let row = 0; row < rows; row += 1) {
                    for (let column = 0; column < columns; column += 1) {
                        sum += weight[((map * before + from) * rows + row) * columns + column] *
                            at(from, y + row - padding, x + column - padding);
                    }
                }
            }
            sums[place] = sum;
        }
        return sums;
    }

    /** The largest of every two by two values. */
    function pooled(values, maps) {
        const size = Math.sqrt(values.length / maps);
        const side = Math.floor(size / POOL);
        return Float64Array.from({ length: maps * side * side }, (_, place) => {
            const [map, y, x] = [Math.floor(place / (side * side)), Math.floor(place / side) % side, place % side];
            const at = (map * size + POOL * y) * size + POOL * x;
            return Math.max(values[at], values[at + 1], values[at + size], values[at + size + 1]);
        });
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
            const width = size < DOT ? DOT : Math.min(Math.max(PEN * size, THINNEST), THICKEST);
            Object.assign(context, { strokeStyle: "#fff", lineWidth: width, lineCap: "round", lineJoin: "round" });
            for (const stroke of strokes) {
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

    function isConvolution(layer) {
        return layer.shape.length === 4;
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
                element("p", { class: "from" }, `${network.name}, seed ${network.seed}`),
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
        const sorted = [...counts].sort((a, b) => b[1] - a[1]);
        const networks = (count) => (count === 1 ? "1 network" : `${count} networks`);
        if (sorted.length === 1) return `${classes.length === 1 ? "The network says" : `All ${networks(classes.length)} say`} ${sorted[0][0]}.`;
        return `${sorted.map(([label, count]) => `${label} by ${networks(count)}`).join(", ")}.`;
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
            const { pixels, doubt: why } = prepare(canvas.pixels(), PAPER);
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
