import { mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

/** What a probe of one device, in one precision, found. */
export type ProbeResult =
  | { readonly state: 'agrees'; readonly milliseconds: number; readonly difference: number }
  | { readonly state: 'differs'; readonly difference: number }
  | { readonly state: 'failed'; readonly reason: string }
  /** Written before a probe: found when that process is gone, it means that it did not survive the probe. */
  | { readonly state: 'probing'; readonly process: number };

type Memory = Partial<Record<string, ProbeResult>>;

/**
 * Remembers probes per runtime version, model and device in `devices.json` below the storage folder; without such a
 * folder, or when it cannot be written, it remembers nothing.
 */
export class DeviceMemory {
  constructor(
    private readonly storage: string | null,
    /** Everything that a probe's result depends on, besides the device. */
    private readonly circumstances: string,
  ) {}

  async recall(place: string): Promise<ProbeResult | undefined> {
    return (await this.read())[this.key(place)];
  }

  async remember(place: string, result: ProbeResult): Promise<void> {
    await this.write({ ...(await this.read()), [this.key(place)]: result });
  }

  async forget(place: string): Promise<void> {
    const others = Object.entries(await this.read()).filter(([key]) => key !== this.key(place));
    await this.write(Object.fromEntries(others));
  }

  private async write(memory: Memory): Promise<void> {
    if (this.storage === null) return;
    const file = join(this.storage, 'devices.json');
    const draft = `${file}.${process.pid}`;
    try {
      await mkdir(this.storage, { recursive: true });
      await writeFile(draft, JSON.stringify(memory, null, 2));
      await rename(draft, file);
    } catch (error) {
      console.error(`Device choices are not remembered: ${error instanceof Error ? error.message : String(error)}`);
    }
  }

  private key(place: string): string {
    return `${this.circumstances} ${place}`;
  }

  private async read(): Promise<Memory> {
    if (this.storage === null) return {};
    try {
      const memory: unknown = JSON.parse(await readFile(join(this.storage, 'devices.json'), 'utf8'));
      return typeof memory === 'object' && memory !== null ? memory : {};
    } catch {
      // Not written yet, or damaged: probing again costs seconds.
      return {};
    }
  }
}
