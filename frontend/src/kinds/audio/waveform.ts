/** What of a sound is drawn: its loudest and lowest samples, column by column. */
import { fetchAddress } from "../../api/files";

/** Larger files are played, but not decoded to be drawn. */
const MOST_BYTES = 32 * 2 ** 20;
const COLUMNS = 600;
const SAMPLE_RATE = 22_050;

/** Pairs of lowest and highest of each column, over all channels; from -1 to 1. */
export type Peaks = Float32Array;

/** null: too long to be decoded. */
export async function loadPeaks(address: string, signal: AbortSignal): Promise<Peaks | null> {
  const bytes = await fetchAddress(address, MOST_BYTES, signal);
  if (!bytes) return null;
  const sound = await new OfflineAudioContext(1, 1, SAMPLE_RATE).decodeAudioData(bytes);
  const channels = Array.from({ length: sound.numberOfChannels }, (_, index) => sound.getChannelData(index));
  return peaksOf(channels);
}

export function peaksOf(channels: readonly Float32Array[], columns = COLUMNS): Peaks {
  const length = channels[0]?.length ?? 0;
  const peaks = new Float32Array(2 * columns);
  for (let column = 0; column < columns; column++) {
    const begin = Math.floor((column * length) / columns);
    const end = Math.max(begin + 1, Math.floor(((column + 1) * length) / columns));
    let [low, high] = [0, 0];
    for (const samples of channels)
      for (let at = begin; at < end && at < length; at++) {
        const sample = samples[at] ?? 0;
        if (sample < low) low = sample;
        if (sample > high) high = sample;
      }
    peaks[2 * column] = low;
    peaks[2 * column + 1] = high;
  }
  return peaks;
}
