// The networks of the page. They compute in double precision, as the program's `predict` does.
"use strict";
const { Network, isConvolution, bytes } = (() => {
    const POOL = 2;

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

    function isConvolution(layer) {
        return layer.shape.length === 4;
    }

    function bytes(base64) {
        return Uint8Array.from(atob(base64), (letter) => letter.charCodeAt(0));
    }

    /** Numbers in single precision, little-endian. */
    function floats(base64) {
        const view = new DataView(bytes(base64).buffer);
        return Float32Array.from({ length: view.byteLength / 4 }, (_, index) => view.getFloat32(4 * index, true));
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

    return { Network, isConvolution, bytes };
})();
