// Opens a page of the report from disk and holds it to what it promises; README.md says what and how to run it.
import { statSync } from "node:fs";
import { join } from "node:path";
import { WINDOWS, axe, check, finish, holds, launch, opened, tooWide, within } from "./harness.mjs";

const { address, folder } = opened("node check.mjs page.html [folder for screenshots]", process.argv[2], process.argv[3]);

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

const browser = await launch();
for (const options of WINDOWS) {
    const name = `${options.viewport.width} ${options.colorScheme}`;
    await within(browser, address, name, options, (page) => looks(page, options));
}
const wide = { viewport: { width: 1280, height: 1000 } };
for (const checks of [togglesRuns, switchesAxis, zooms, reads, showsStaticFigure, prints]) {
    await within(browser, address, checks.name, wide, checks);
}
const narrow = { viewport: { width: 390, height: 844 } };
await within(browser, address, "reads on a phone", narrow, reads);
await within(browser, address, "without JavaScript", { ...narrow, javaScriptEnabled: false }, staysReadableWithoutScript);
await finish(browser);
