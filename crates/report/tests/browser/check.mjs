// Opens a page of the report from disk and holds it to what it promises; README.md says what and how to run it.
import { mkdirSync, mkdtempSync, readFileSync, rmSync, statSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { chromium } from "playwright-core";

const ARGUMENTS = [
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync",
];
const AXE = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
const WINDOWS = [[390, 844], [1280, 800]].flatMap(([width, height]) =>
    ["light", "dark"].map((colorScheme) => ({ viewport: { width, height }, colorScheme })));

if (process.argv.length < 3) {
    console.error("usage: node check.mjs page.html [folder for screenshots]");
    process.exit(2);
}
const address = pathToFileURL(resolve(process.argv[2])).href;
const keep = process.argv[3];
const folder = keep ? resolve(keep) : mkdtempSync(join(tmpdir(), "page-"));
mkdirSync(folder, { recursive: true });

let passed = 0;
let failed = 0;

/** Counts a check; `found` is what is wrong, nothing if all is well. */
function check(what, found = []) {
    const isFine = found.length === 0;
    if (isFine) passed += 1; else failed += 1;
    console.log(`${isFine ? "ok  " : "FAIL"} ${what}${isFine ? "" : `:\n     ${found.join("\n     ")}`}`);
}

function holds(what, condition, otherwise) {
    check(what, condition ? [] : [otherwise ?? "does not hold"]);
}

/** Opens the page in a window of its own, runs the checks in it, and then asks what the browser complained of. */
async function within(browser, name, options, checks) {
    const context = await browser.newContext(options);
    const page = await context.newPage();
    page.setDefaultTimeout(5000);
    const [complaints, requests] = [[], []];
    page.on("console", (message) => complaints.push(`${message.type()}: ${message.text()}`));
    page.on("pageerror", (error) => complaints.push(error.message));
    page.on("request", (request) => requests.push(request.url()));
    await page.addInitScript(() => {
        window.violations = [];
        document.addEventListener("securitypolicyviolation", (event) =>
            window.violations.push(`${event.violatedDirective} ${event.blockedURI} ${event.sample}`));
    });
    await page.goto(address);
    await checks(page).catch((error) => check(`${name}: runs to its end`, [error.message]));
    check(`${name}: nothing on the console`, complaints);
    check(`${name}: nothing is fetched`, requests.filter((url) => url !== address && !url.startsWith("data:")));
    if (options.javaScriptEnabled !== false) {
        check(`${name}: nothing against the policy`, await page.evaluate(() => window.violations));
    }
    await context.close();
}

/** What is wider than the window and not within something that scrolls. */
async function tooWide(page) {
    const [wide, room] = await page.evaluate(() =>
        [document.documentElement.scrollWidth, document.documentElement.clientWidth]);
    return wide > room ? [`${wide} pixels in ${room}`] : [];
}

async function axe(page) {
    await page.evaluate(AXE);
    const { violations } = await page.evaluate(() => window.axe.run());
    return violations.flatMap(({ id, help, nodes }) => nodes.map(({ html, any }) =>
        `${id}: ${help}: ${html.slice(0, 120)} ${any.map(({ message }) => message).join(" ").slice(0, 200)}`));
}

async function looks(page, { viewport, colorScheme }) {
    const name = `${viewport.width} ${colorScheme}`;
    check(`${name}: nothing is wider than the window`, await tooWide(page));
    check(`${name}: axe finds nothing`, await axe(page));
    const pictures = await page.evaluate(() => [...document.images].filter((image) => !image.complete || !image.naturalWidth).length);
    holds(`${name}: every picture is shown`, pictures === 0, `${pictures} are not`);
    await page.screenshot({ path: join(folder, `${viewport.width}-${colorScheme}.png`), fullPage: true });
}

/** The figure with the most runs, its parts, and what its canvases show. */
async function interactive(page) {
    const charts = page.locator("figure.interactive");
    // The figure with the most runs among those that show both sets.
    const counts = await charts.evaluateAll((figures) => figures.map((figure) =>
        /train\b/.test(figure.querySelector(".readings").textContent) ? figure.querySelectorAll(".swatch").length : 0));
    const id = await charts.nth(counts.indexOf(Math.max(...counts))).getAttribute("id");
    const figure = page.locator(`figure[id="${id}"]`);
    await figure.scrollIntoViewIfNeeded();
    const caption = figure.locator(".readings caption");
    return {
        figure, caption, plots: figure.locator(".plot"), reset: figure.getByRole("button", { name: "Reset zoom" }),
        shown: () => figure.locator("canvas").evaluateAll((all) => all.map((canvas) => canvas.toDataURL())),
        read: () => caption.textContent(), values: () => figure.locator("td").allTextContents(),
        // Drawing waits for the next frame.
        settle: () => page.evaluate(() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))),
        place: () => figure.locator(".u-over").first().boundingBox(),
    };
}

/** How many pixels of each canvas have the colour of the figure's first run. */
function coloured(figure) {
    return figure.evaluate((element) => {
        const colour = getComputedStyle(element.querySelector(".swatch")).backgroundColor.match(/\d+/g).map(Number);
        return [...element.querySelectorAll("canvas")].map((canvas) => {
            // Read from a copy: the browser warns when a script reads from a canvas that is drawn on.
            const copy = new OffscreenCanvas(canvas.width, canvas.height).getContext("2d", { willReadFrequently: true });
            copy.drawImage(canvas, 0, 0);
            const { data } = copy.getImageData(0, 0, canvas.width, canvas.height);
            let count = 0;
            for (let i = 0; i < data.length; i += 4) count += colour.every((part, j) => data[i + j] === part) ? 1 : 0;
            return count;
        });
    });
}

async function togglesRuns(page) {
    const { figure, settle, shown } = await interactive(page);
    const run = figure.locator(".readings button").first();
    const [before, pictures] = [await coloured(figure), await shown()];
    holds("toggle: every panel shows the run", before.every((count) => count > 100), before);
    await run.click();
    await settle();
    const after = await coloured(figure);
    holds("toggle: a click takes the run out of every panel", after.every((count) => count === 0), after);
    holds("toggle: the button says so", await run.getAttribute("aria-pressed") === "false");
    await run.focus();
    await page.keyboard.press("Space");
    await settle();
    holds("toggle: the space bar brings it back", String(await shown()) === String(pictures));
}

async function switchesAxis(page) {
    const { figure, settle, shown } = await interactive(page);
    const [linear, log] = [await shown(), figure.getByRole("button", { name: "Logarithmic axis" })];
    await log.click();
    await settle();
    const logarithmic = await shown();
    holds("axis: logarithmic losses look different", logarithmic[0] !== linear[0]);
    await figure.screenshot({ path: join(folder, "logarithmic.png") });
    await log.click();
    await settle();
    holds("axis: and linear ones as before", String(await shown()) === String(linear));
}

async function zooms(page) {
    const { figure, settle, shown, reset, place, plots } = await interactive(page);
    const [whole, box] = [await shown(), await place()];
    holds("zoom: there is nothing to reset at first", await reset.isDisabled());
    await page.mouse.move(box.x + 0.2 * box.width, box.y + 0.3 * box.height);
    await page.mouse.down();
    await page.mouse.move(box.x + 0.6 * box.width, box.y + 0.31 * box.height, { steps: 5 });
    await page.mouse.up();
    await settle();
    const zoomed = await shown();
    holds("zoom: a drag zooms every panel", zoomed.every((picture, i) => picture !== whole[i]) && await reset.isEnabled());
    await figure.screenshot({ path: join(folder, "zoomed.png") });
    await plots.first().locator(".u-over").dblclick();
    await page.mouse.move(0, 0);
    await settle();
    holds("zoom: a double click shows all again", String(await shown()) === String(whole) && await reset.isDisabled());
}

async function reads(page) {
    const { figure, plots, place, read, values } = await interactive(page);
    const [resting, last, box] = [await read(), await values(), await place()];
    await page.mouse.move(box.x + box.width / 4, box.y + box.height / 2);
    const hovered = await read();
    holds("read: hovering shows the values of a step", /: [\d,]+$/.test(hovered) && String(await values()) !== String(last), hovered);
    await figure.screenshot({ path: join(folder, "hovered.png") });
    await page.mouse.move(0, 0);
    holds("read: and the last ones afterwards", await read() === resting && String(await values()) === String(last));
    await plots.first().focus();
    const steps = [];
    for (const key of ["ArrowRight", "ArrowRight", "Shift+ArrowRight", "ArrowLeft"]) {
        await page.keyboard.press(key);
        steps.push(Number((await read()).replace(/\D/g, "")));
    }
    const [first, second, third, fourth] = steps;
    holds("read: the arrows go along the steps", first < second && second < third && fourth < third, steps);
    const said = await figure.locator("[aria-live]").textContent();
    await figure.screenshot({ path: join(folder, "keyboard.png") });
    holds("read: the values are said", said.includes(await read()) && /train: \d.*validation: \d/.test(said), said);
    await page.keyboard.press("Escape");
    holds("read: Escape ends it", await read() === resting);
}

async function showsStaticFigure(page) {
    const { figure, plots } = await interactive(page);
    const view = figure.locator(".tools button").last();
    await view.click();
    await figure.screenshot({ path: join(folder, "static.png") });
    holds("static: the picture instead of the curves", await figure.locator("img").isVisible() && !await plots.first().isVisible());
    await view.click();
    holds("static: and back", !await figure.locator("img").isVisible() && await plots.first().isVisible());
}

async function staysReadableWithoutScript(page) {
    const [pictures, shown] = [await page.locator("figure img").count(), page.locator("figure img:visible")];
    holds("without JavaScript: every figure is its picture", pictures > 0 && await shown.count() === pictures);
    holds("without JavaScript: the page lacks buttons", await page.locator("button").count() === 0);
    check("without JavaScript: nothing is wider than the window", await tooWide(page));
    await page.screenshot({ path: join(folder, "without-javascript.png"), fullPage: true });
}

async function prints(page) {
    await page.emulateMedia({ media: "print" });
    const [pictures, shown] = [await page.locator("figure img").count(), await page.locator("figure img:visible").count()];
    holds("print: every figure is its picture", pictures > 0 && shown === pictures);
    holds("print: no canvas, button or navigation", await page.locator("canvas:visible, button:visible, nav:visible").count() === 0);
    await page.pdf({ path: join(folder, "print.pdf"), preferCSSPageSize: true, printBackground: true });
    holds("print: there is a PDF", statSync(join(folder, "print.pdf")).size > 10_000);
}

const browser = await chromium.launch({ executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium", args: ARGUMENTS });
for (const options of WINDOWS) {
    const name = `${options.viewport.width} ${options.colorScheme}`;
    await within(browser, name, options, (page) => looks(page, options));
}
const wide = { viewport: { width: 1280, height: 1000 } };
for (const checks of [togglesRuns, switchesAxis, zooms, reads, showsStaticFigure, prints]) {
    await within(browser, checks.name, wide, checks);
}
const narrow = { viewport: { width: 390, height: 844 } };
await within(browser, "reads on a phone", narrow, reads);
await within(browser, "without JavaScript", { ...narrow, javaScriptEnabled: false }, staysReadableWithoutScript);
await browser.close();
if (!keep) rmSync(folder, { recursive: true });
console.log(`${passed} passed, ${failed} failed`);
process.exit(failed === 0 ? 0 : 1);
