import { expect, test } from "vitest";
import { patchLines, summarizePatch } from "./patchLines";

const PATCH = `diff --git a/train.py b/train.py
index 1111111..2222222 100644
--- a/train.py
+++ b/train.py
@@ -1,3 +1,3 @@ def train():
 import os
-lr = 0.1
--- a comment that was removed
+lr = 0.01
++ b
\\ No newline at end of file
diff --git a/new.py b/new.py
new file mode 100644
--- /dev/null
+++ b/new.py
@@ -0,0 +1 @@
+print()
`;

test("each line of a patch is told by its place, not by its first character alone", () => {
  expect(patchLines(PATCH).map(({ kind }) => kind)).toEqual([
    "file",
    "head",
    "head",
    "head",
    "place",
    "same",
    "removed",
    "removed",
    "added",
    "added",
    "same",
    "file",
    "head",
    "head",
    "head",
    "place",
    "added",
  ]);
});

test("what a patch changes is counted", () => {
  expect(summarizePatch(patchLines(PATCH))).toEqual({ files: 2, added: 3, removed: 2 });
  expect(summarizePatch(patchLines("no patch"))).toEqual({ files: 0, added: 0, removed: 0 });
});
