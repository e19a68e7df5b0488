// Draws on a page's canvas with mouse, finger, pen and keyboard, and compares what its networks say with `experiments predict`.
import { execFileSync } from "node:child_process";
import { join } from "node:path";
import { WINDOWS, axe, check, finish, holds, launch, opened, tooWide, within } from "./harness.mjs";

const [, , path, command, keep] = process.argv;
const { address, folder } = opened("node draw.mjs page.html 'experiments --runs-dir runs' [folder for screenshots]", command && path, keep);
const [program, ...options] = command.split(" ");

/** Largest difference of two probabilities. */
const TOLERANCE = 1e-5;

/** Digits as strokes, in a square of side 1. */
const DIGITS = {
    0: [circle(0.5, 0.5, 0.3, 0.42)],
    1: [[[0.5, 0.08], [0.5, 0.92]]],
    2: [[[0.22, 0.28], [0.35, 0.12], [0.6, 0.1], [0.75, 0.28], [0.65, 0.5], [0.25, 0.9], [0.8, 0.9]]],
    4: [[[0.3, 0.1], [0.22, 0.55], [0.78, 0.55]], [[0.68, 0.15], [0.66, 0.92]]],
    7: [[[0.2, 0.12], [0.8, 0.12], [0.45, 0.92]]],
};

function circle(x, y, width, height) {
    return Array.from({ length: 25 }, (_, i) => [x + width * Math.sin((i * Math.PI) / 12), y - height * Math.cos((i * Math.PI) / 12)]);
}

/** The canvas, what the page says of it, and what its networks say. */
function drawing(page) {
    const canvas = page.locator("canvas.paper");
    return {
        canvas,
        status: () => page.locator(".drawing [role=status]").textContent(),
        says: () => page.locator(".network .says b").allTextContents(),
        press: (name) => page.locator(".drawing").getByRole("button", { name }).click(),
        ink: () => page.locator("canvas.seen").evaluate((seen) =>
            seen.getContext("2d").getImageData(0, 0, 28, 28).data.reduce((sum, value, at) => sum + (at % 4 ? 0 : value), 0)),
        networks: () => page.locator(".network").evaluateAll((all) => all.map((network) => ({
            name: network.querySelector(".from").textContent.split(",")[0],
            probabilities: [...network.querySelectorAll(".bar")].map((bar) => Number(bar.dataset.probability)),
        }))),
        /** Strokes within a square of the canvas, as points of the window. */
        async strokes(digit, { left = 0.1, top = 0.1, side = 0.8 } = {}) {
            await canvas.evaluate((element) => element.scrollIntoView({ block: "center" }));
            const box = await canvas.boundingBox();
            return DIGITS[digit].map((stroke) => stroke.map(([x, y]) =>
                [box.x + box.width * (left + side * x), box.y + box.height * (top + side * y)]));
        },
    };
}

async function withMouse(page, strokes) {
    for (const [first, ...rest] of strokes) {
        await page.mouse.move(...first);
        await page.mouse.down();
        for (const point of rest) await page.mouse.move(...point, { steps: 4 });
        await page.mouse.up();
    }
}

async function withFinger(page, strokes) {
    const session = await page.context().newCDPSession(page);
    const touch = (type, points) => session.send("Input.dispatchTouchEvent",
        { type, touchPoints: points.map(([x, y], id) => ({ x, y, id })) });
    for (const [first, ...rest] of strokes) {
        await touch("touchStart", [first]);
        for (const point of rest) await touch("touchMove", [point]);
        await touch("touchEnd", []);
    }
    return touch;
}

async function withPen(page, strokes) {
    const session = await page.context().newCDPSession(page);
    const pen = (type, [x, y]) => session.send("Input.dispatchMouseEvent",
        { type, x, y, button: "left", buttons: type === "mouseReleased" ? 0 : 1, clickCount: 1, pointerType: "pen" });
    for (const stroke of strokes) {
        await pen("mousePressed", stroke[0]);
        for (const point of stroke.slice(1)) await pen("mouseMoved", point);
        await pen("mouseReleased", stroke.at(-1));
    }
}

/** Saves the drawing as a file. */
async function saved(page, what) {
    const [download] = await Promise.all([page.waitForEvent("download"), drawing(page).press("Save as PNG")]);
    const file = join(folder, `${what.replaceAll(/\W+/g, "-")}.png`);
    await download.saveAs(file);
    return file;
}

/** What the program says of an image. */
function predict(name, file) {
    const words = [...options, "predict", name, file, "--json", "--top", "10"];
    return JSON.parse(execFileSync(program, words, { encoding: "utf8" })).images[0];
}

/** Saves the drawing, and compares the page's networks with the program's. */
async function agrees(page, what) {
    const { networks } = drawing(page);
    const file = await saved(page, what);
    const differing = [];
    let largest = 0;
    for (const { name, probabilities } of await networks()) {
        const { top, remark } = predict(name, file);
        if (remark) differing.push(`${name}: ${remark}`);
        for (const { class: label, probability } of top) {
            largest = Math.max(largest, Math.abs(probability - probabilities[label]));
        }
        const best = probabilities.indexOf(Math.max(...probabilities));
        if (best !== top[0]?.class) differing.push(`${name}: ${best} on the page, ${top[0]?.class} by the program`);
    }
    holds(`${what}: probabilities as by predict, differences up to ${largest.toExponential(1)}`, largest <= TOLERANCE);
    check(`${what}: classes as by predict`, differing);
}

async function isEmpty(page, when) {
    const { status, says, ink } = drawing(page);
    holds(`${when}: says that the canvas is empty`, /is empty: nothing is classified/.test(await status()), await status());
    holds(`${when}: classifies nothing`, (await says()).every((word) => word === "–") && await ink() === 0);
}

async function looks(page, { viewport, colorScheme }) {
    const name = `${viewport.width} ${colorScheme}`;
    const { strokes, status, says } = drawing(page);
    await isEmpty(page, `${name}, at first`);
    check(`${name}, empty: axe finds nothing`, await axe(page));
    await withMouse(page, await strokes(7));
    holds(`${name}: says what is drawn`, / says? 7/.test(await status()), await status());
    holds(`${name}: every network says it`, (await says()).every((word) => /^\d$/.test(word)));
    check(`${name}: nothing is wider than the window`, await tooWide(page));
    check(`${name}: axe finds nothing`, await axe(page));
    await page.screenshot({ path: join(folder, `draw-${viewport.width}-${colorScheme}.png`), fullPage: true });
}

/** Every digit is seen as itself by most networks, at any size and place. */
async function sees(page) {
    const { strokes, says, press } = drawing(page);
    const places = { large: {}, small: { left: 0.7, top: 0.72, side: 0.22 }, "off-centre": { left: 0, top: 0.4, side: 0.5 } };
    for (const digit of Object.keys(DIGITS)) {
        for (const [name, place] of Object.entries(places)) {
            await press("Clear");
            await withMouse(page, await strokes(digit, place));
            const words = await says();
            const right = words.filter((word) => word === digit).length;
            holds(`${digit}, ${name}: most networks say so`, 2 * right > words.length, words.join(" "));
        }
        await agrees(page, `${digit} by mouse`);
    }
}

async function draws(page) {
    const { strokes, ink, press, canvas } = drawing(page);
    const place = await strokes(2);
    const at = await page.evaluate(() => window.scrollY);
    const touch = await withFinger(page, place);
    holds("finger: draws", await ink() > 0);
    holds("finger: the page does not scroll", await page.evaluate(() => window.scrollY) === at);
    await agrees(page, "2 by finger");
    await press("Clear");
    await canvas.evaluate((element) => element.scrollIntoView({ block: "center" }));
    await withPen(page, await strokes(4));
    holds("pen: draws", await ink() > 0);
    await agrees(page, "4 by pen");
    await press("Clear");
    // A second finger neither draws nor joins two strokes.
    const [[first, second]] = await strokes(1);
    const beside = ([x, y]) => [x + 60, y];
    await touch("touchStart", [first]);
    await touch("touchStart", [first, beside(first)]);
    await touch("touchMove", [second, beside(second)]);
    await touch("touchEnd", []);
    const width = await page.locator("canvas.seen").evaluate((seen) => {
        const { data } = seen.getContext("2d").getImageData(0, 0, 28, 28);
        return [...Array(28).keys()].filter((x) => [...Array(28).keys()].some((y) => data[4 * (28 * y + x)] > 0)).length;
    });
    holds("two fingers: one draws", width < 6, `${width} pixels wide`);
}

async function takesBack(page) {
    const { strokes, ink, press } = drawing(page);
    const [first, second] = await strokes(4);
    await withMouse(page, [first]);
    const before = await ink();
    await withMouse(page, [second]);
    await press("Undo");
    holds("undo: takes back one stroke", await ink() === before);
    await press("Clear");
    await isEmpty(page, "clear");
    await press("Undo");
    holds("undo: takes back clearing", await ink() === before);
}

/** A click, and a finger that slips: the page and the program say that it is not a digit. */
async function dots(page) {
    const { strokes, status, says, press, networks } = drawing(page);
    const [[[x, y]]] = await strokes(1);
    const [{ name }] = await networks();
    for (const [right, down] of [[0, 0], [5, 5], [0, 8], [12, 3]]) {
        await press("Clear");
        await withMouse(page, [[[x, y], [x + right, y + down]]]);
        const what = `a dot that slips by ${right} and ${down} pixels`;
        holds(`${what}: is not a digit`, /Not a digit/.test(await status()) && (await says()).every((word) => word === "–"), await status());
        const { top, remark } = predict(name, await saved(page, what));
        holds(`${what}: predict says the same`, top.length === 0 && /^not a digit/.test(remark), remark);
    }
}

async function loads(page) {
    const { canvas, says, status } = drawing(page);
    await canvas.focus();
    const differing = [];
    for (const digit of "0123456789") {
        await page.keyboard.press(digit);
        const words = await says();
        if (2 * words.filter((word) => word === digit).length <= words.length) differing.push(`${digit}: ${words.join(" ")}`);
    }
    check("keyboard: a digit key loads that digit, and most networks say so", differing.length > 2 ? differing : []);
    await agrees(page, "a loaded 9");
    await canvas.focus();
    const [before, box] = [await says(), await canvas.screenshot()];
    for (const key of ["ArrowLeft", "ArrowUp", "ArrowUp"]) await page.keyboard.press(key);
    holds("keyboard: arrows move the digit", !box.equals(await canvas.screenshot()));
    holds("keyboard: at another place it is the same digit", (await says()).join() === before.join());
    await page.keyboard.press("z");
    await page.keyboard.press("Delete");
    holds("keyboard: Delete clears", /is empty/.test(await status()), await status());
    await page.keyboard.press("ArrowUp");
    await isEmpty(page, "keyboard, an arrow without a digit");
}

/** What is no digit on purpose, and what could be one: the program says the same. */
async function scribbles(page) {
    const { canvas, press } = drawing(page);
    await canvas.evaluate((element) => element.scrollIntoView({ block: "center" }));
    const box = await canvas.boundingBox();
    let state = 1;
    const random = () => (state = (state * 48271) % 2147483647) / 2147483647;
    for (let number = 1; number <= 5; number += 1) {
        await press("Clear");
        const size = 0.3 + 0.6 * random();
        const point = () => [box.x + box.width * (0.05 + size * random()), box.y + box.height * (0.05 + size * random())];
        await withMouse(page, [[point(), point(), point(), point()], [point(), point()]]);
        await agrees(page, `scribble ${number}`);
    }
}

const browser = await launch();
for (const options of WINDOWS) {
    await within(browser, address, `${options.viewport.width} ${options.colorScheme}`, options, (page) => looks(page, options));
}
const wide = { viewport: { width: 1280, height: 900 } };
const narrow = { viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true };
for (const checks of [sees, takesBack, dots, loads, scribbles]) await within(browser, address, checks.name, wide, checks);
await within(browser, address, "draws on a phone", narrow, draws);
await finish(browser);
