// What the checks in Chromium share: counting, windows, what a page must not do.
import { mkdirSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
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
export const WINDOWS = [[390, 844], [1280, 800]].flatMap(([width, height]) =>
    ["light", "dark"].map((colorScheme) => ({ viewport: { width, height }, colorScheme })));

/** The addresses of the page and of a folder for screenshots, which is deleted at the end unless the user named it. */
export function opened(usage, path, keep) {
    if (!path) {
        console.error(`usage: ${usage}`);
        process.exit(2);
    }
    const folder = keep ? resolve(keep) : mkdtempSync(join(tmpdir(), "page-"));
    mkdirSync(folder, { recursive: true });
    if (!keep) process.on("exit", () => rmSync(folder, { recursive: true }));
    return { address: pathToFileURL(resolve(path)).href, folder };
}

export function launch() {
    return chromium.launch({ executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium", args: ARGUMENTS });
}

/** Prints the counts, and ends with 1 if a check failed. */
export async function finish(browser) {
    await browser.close();
    console.log(`${passed} passed, ${failed} failed`);
    process.exit(failed === 0 ? 0 : 1);
}

let passed = 0;
let failed = 0;

/** Counts a check; `found` is what is wrong, nothing if all is well. */
export function check(what, found = []) {
    const isFine = found.length === 0;
    if (isFine) passed += 1; else failed += 1;
    console.log(`${isFine ? "ok  " : "FAIL"} ${what}${isFine ? "" : `:\n     ${found.join("\n     ")}`}`);
}

export function holds(what, condition, otherwise) {
    check(what, condition ? [] : [otherwise ?? "does not hold"]);
}

/** Opens the page in a window of its own, runs the checks in it, and then asks what the browser complained of. */
export async function within(browser, address, name, options, checks) {
    const context = await browser.newContext(options);
    const page = await context.newPage();
    // A picture of the whole page is 40,000 pixels high.
    page.setDefaultTimeout(30_000);
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
export async function tooWide(page) {
    const [wide, room] = await page.evaluate(() =>
        [document.documentElement.scrollWidth, document.documentElement.clientWidth]);
    return wide > room ? [`${wide} pixels in ${room}`] : [];
}

export async function axe(page) {
    await page.evaluate(AXE);
    const { violations } = await page.evaluate(() => window.axe.run());
    return violations.flatMap(({ id, help, nodes }) => nodes.map(({ html, any }) =>
        `${id}: ${help}: ${html.slice(0, 120)} ${any.map(({ message }) => message).join(" ").slice(0, 200)}`));
}
