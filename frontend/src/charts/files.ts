/** Pictures and tables that somebody saves. */

export function saveText(name: string, content: string, type: string): void {
  saveBlob(name, new Blob([content], { type: `${type};charset=utf-8` }));
}

/** An SVG as a picture of pixels, `scale` to each of its units. */
export async function savePng(name: string, svg: string, scale = 2): Promise<void> {
  const address = URL.createObjectURL(new Blob([svg], { type: "image/svg+xml" }));
  try {
    const image = new Image();
    image.src = address;
    await image.decode();
    const canvas = document.createElement("canvas");
    canvas.width = image.naturalWidth * scale;
    canvas.height = image.naturalHeight * scale;
    canvas.getContext("2d")?.drawImage(image, 0, 0, canvas.width, canvas.height);
    const blob = await new Promise<Blob | null>((resolve) => canvas.toBlob(resolve, "image/png"));
    if (!blob) throw new Error("the picture is too large for this browser");
    saveBlob(name, blob);
  } finally {
    URL.revokeObjectURL(address);
  }
}

export function saveBlob(name: string, blob: Blob): void {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(blob);
  link.download = name;
  link.click();
  // The browser has taken the content by then.
  setTimeout(() => URL.revokeObjectURL(link.href), 60_000);
}

/** A label as the name of a file. */
export function fileName(label: string, suffix: string): string {
  // eslint-disable-next-line no-control-regex -- they are what is replaced
  return `${label.replace(/[/\\:*?"<>|\u0000-\u001f]+/g, "_")}.${suffix}`;
}
