/** At most one sound plays at a time. */
let playing: HTMLMediaElement | null = null;

/** Stops what plays, and says where that stands, in seconds; where the sound itself does, if it is the first one. */
export function takeOver(sound: HTMLMediaElement): number {
  const before = playing ?? sound;
  playing = sound;
  if (before !== sound) before.pause();
  return before.currentTime;
}

export function forget(sound: HTMLMediaElement): void {
  if (playing === sound) playing = null;
}
