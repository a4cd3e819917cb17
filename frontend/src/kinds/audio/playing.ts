/** At most one sound plays at a time. */
let playing: HTMLMediaElement | null = null;
/** Where the last one was stopped, in seconds. */
let stoppedAt = 0;

/** Stops what plays, and says where that stood; the sound itself, if it did. */
export function takeOver(sound: HTMLMediaElement): number {
  if (playing && playing !== sound) {
    stoppedAt = playing.currentTime;
    playing.pause();
  } else if (playing === sound) stoppedAt = sound.currentTime;
  playing = sound;
  return stoppedAt;
}

export function forget(sound: HTMLMediaElement): void {
  if (playing === sound) playing = null;
}
