/**
 * Roots and brackets that grow need a font for mathematics, which not every system has (prose.css). The browser loads it
 * when a formula is drawn with it.
 */
import address from "@fontsource/stix-two-math/files/stix-two-math-latin-400-normal.woff2?url";

document.fonts.add(new FontFace("Lavdlike Math", `url("${address}")`));
