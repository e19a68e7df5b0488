// The image as the networks expect it. Repeats crates/mnist/src/preprocess.rs in the same arithmetic and order, so that page and
// program see the same pixels.
"use strict";
const { prepare, SIDE } = (() => {
    const [SIDE, BOX, MIDDLE] = [28, 20, 14];
    const [FAINTEST_INK, FAINTEST_STROKE, SMALLEST, WITHIN_EDGE] = [32, 26, 5, 0.75];
    const [ROUNDS, UNEXPLAINED, BETTER] = [8, 0.1, 0.01];
    const [STROKE, SOLID_ROWS, MOST_INKED, WIDEST, LARGEST_PIECE] = [128, 12, 360, 2.5, 0.4];

    /** The smallest value that more than `part / parts` of the values do not exceed. */
    function quantile(values, part, parts) {
        const counts = new Array(256).fill(0);
        for (const value of values) counts[value] += 1;
        let upTo = 0;
        return counts.findIndex((count) => (upTo += count) * parts > values.length * part);
    }

    /**
     * Shades of grey, `size` rows and columns, as ink on 28 x 28 pixels, or what makes it no digit. Whether it is an enlarged
     * image takes time to find out, and is asked only once it is done.
     */
    function prepare(pixels, size, isDone) {
        const isBorder = (_, at) => at < size || at >= size * (size - 1) || at % size === 0 || at % size === size - 1;
        const border = pixels.filter(isBorder);
        const median = quantile(border, 1, 2);
        const spread = quantile(border.map((pixel) => Math.abs(pixel - median)), 3, 4);
        const [light, dark] = [(pixel) => Math.max(0, pixel - median), (pixel) => Math.max(0, median - pixel)];
        const sum = (ink) => pixels.reduce((total, pixel) => total + ink(pixel), 0);
        const ink = pixels.map(sum(light) >= sum(dark) ? light : dark);
        const strongest = ink.reduce((most, value) => Math.max(most, value), 0);
        if (strongest < FAINTEST_INK) return { doubt: "empty" };
        const enlarged = isDone ? original(ink, size) : null;
        if (enlarged) return { pixels: enlarged, doubt: doubt(enlarged) };
        const noise = Math.min(Math.max(3 * spread, 0.1 * strongest), 0.5 * strongest);
        const strokes = ink.map((value) => (value <= noise ? 0 : value));
        const placed = place(strokes, size);
        return { pixels: placed, doubt: longerSide(strokes, size) < SMALLEST ? "small" : doubt(placed) };
    }

    function whole(number) {
        return Math.floor(number + 0.5);
    }

    /** The ink at its size and place. */
    function place(ink, size) {
        const framed = scaled(ink, size, [0, 0], size / SIDE, [SIDE, SIDE]);
        if (isPlacedWithin(framed, 0)) return framed;
        const within = (WITHIN_EDGE * longerSide(ink, size)) / BOX;
        const [[left, right], [top, bottom]] = profilesOf(ink, size).map((profile) => edges(profile, within));
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

    function isPlacedWithin(pixels, slack) {
        const longer = longerSide(pixels.map((ink) => (ink >= FAINTEST_STROKE ? ink : 0)), SIDE);
        return longer >= BOX - 2 && longer <= BOX + 1 + 2 * slack
            && centreOfMass(pixels, SIDE).every((centre) => Math.abs(centre - MIDDLE) <= slack);
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

    function longerSide(ink, width) {
        return Math.max(...profilesOf(ink, width).map(extent));
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
        return toBytes(Array.from({ length: width * height }, (_, at) => columns[at % width][Math.floor(at / width)]));
    }

    /** Values as bytes, the strongest 255. */
    function toBytes(values) {
        const strongest = Math.max(...values);
        return Uint8Array.from(values, (value) => whole((value * 255) / strongest));
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

    /** The 28 x 28 pixels that were enlarged to this picture, if they explain it. */
    function original(ink, size) {
        // Saves the search while a digit is drawn elsewhere.
        if (!isPlacedWithin(toBytes(read(ink, size, (row, column, value) => value)), 1)) return null;
        let best = repeated(ink, size);
        for (const filter of [linear, cubic]) {
            const one = interpolated(ink, size, filter);
            if (one.left + BETTER < best.left) best = one;
        }
        const pixels = toBytes(best.pixels);
        return best.left <= UNEXPLAINED && isPlacedWithin(pixels, 0) ? pixels : null;
    }

    /** The original if its pixels were repeated, and what it leaves unexplained. */
    function repeated(ink, size) {
        const middle = (at) => Math.floor(((2 * at + 1) * size) / (2 * SIDE));
        const pixels = Array.from({ length: SIDE * SIDE }, (_, at) =>
            ink[middle(Math.floor(at / SIDE)) * size + middle(at % SIDE)]);
        const touched = Array.from({ length: size }, (_, at) =>
            [Math.floor((at * SIDE) / size), Math.floor(((at + 1) * SIDE - 1) / size)]);
        const missing = (row, column, value) => {
            let least = Infinity;
            for (const y of touched[row]) {
                for (const x of touched[column]) least = Math.min(least, Math.abs(value - pixels[y * SIDE + x]));
            }
            return least;
        };
        return { pixels, left: unexplained(ink, size, missing) };
    }

    /** The original if it was interpolated: what it lacks at the centres of its pixels is added, again and again. */
    function interpolated(ink, size, filter) {
        const strongest = ink.reduce((most, value) => Math.max(most, value), 0);
        const limited = (value) => Math.min(Math.max(value, 0), strongest);
        const weights = Array.from({ length: size }, (_, at) => weightsAt((at + 0.5) / (size / SIDE), filter));
        const missing = (pixels) => {
            const across = Array.from({ length: SIDE * size }, (_, at) =>
                mean(weights[at % size], (column) => pixels[Math.floor(at / size) * SIDE + column]));
            return (row, column, value) => value - limited(mean(weights[row], (place) => across[place * size + column]));
        };
        let pixels = read(ink, size, (row, column, value) => value);
        for (let round = 0; round < ROUNDS; round += 1) {
            const correction = read(ink, size, missing(pixels));
            pixels = pixels.map((value, at) => limited(value + correction[at]));
        }
        return { pixels, left: unexplained(ink, size, missing(pixels)) };
    }

    function mean(weights, value) {
        let sum = 0;
        for (const [place, weight] of weights) sum += weight * value(place);
        return sum;
    }

    function weightsAt(place, filter) {
        const weights = Array.from({ length: SIDE }, (_, at) => [at, filter(Math.abs(at + 0.5 - place))]).filter(([, weight]) => weight !== 0);
        const sum = weights.reduce((total, [, weight]) => total + weight, 0);
        return weights.map(([at, weight]) => [at, weight / sum]);
    }

    function linear(distance) {
        return Math.max(1 - distance, 0);
    }

    function cubic(distance) {
        if (distance < 1) return (1.5 * distance - 2.5) * distance * distance + 1;
        return distance < 2 ? ((2.5 - 0.5 * distance) * distance - 4) * distance + 2 : 0;
    }

    /** A value of row, column and ink at the centre of every pixel of the original, between the four around it. */
    function read(ink, size, value) {
        const at = (row, column) => value(row, column, ink[row * size + column]);
        const places = Array.from({ length: SIDE }, (_, index) => (index + 0.5) * (size / SIDE) - 0.5);
        return Array.from({ length: SIDE * SIDE }, (_, index) => {
            const [y, x] = [places[Math.floor(index / SIDE)], places[index % SIDE]];
            const [row, column] = [Math.trunc(y), Math.trunc(x)];
            const [down, across] = [y - row, x - column];
            const along = (line) => at(line, column) * (1 - across) + at(line, column + 1) * across;
            return along(row) * (1 - down) + along(row + 1) * down;
        });
    }

    /** The root mean square of what is missing, as a share of the ink's. */
    function unexplained(ink, size, missing) {
        let [left, all] = [0, 0];
        ink.forEach((value, at) => {
            const lack = missing(Math.floor(at / size), at % size, value);
            left += lack * lack;
            all += value * value;
        });
        return Math.sqrt(left / all);
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

    return { prepare, SIDE };
})();
