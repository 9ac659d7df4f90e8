/** One component of a `tokenizer.json` (normalizer, pre-tokenizer, post-processor): its type and its own options. */
export interface ComponentConfig {
  readonly type: string;
  readonly [option: string]: unknown;
}

/** A component's `pattern`: a literal string or an Oniguruma regular expression. */
export interface PatternConfig {
  readonly String?: string;
  readonly Regex?: string;
}

/** The component under `key`, or null where there is none. */
export function componentOf(value: unknown): ComponentConfig | null {
  return typeof value === 'object' && value !== null && 'type' in value ? (value as ComponentConfig) : null;
}

/** The parts of a `Sequence`, whatever the key they are listed under. */
export function partsOf(config: ComponentConfig, key: string): readonly ComponentConfig[] {
  const parts = config[key];
  return Array.isArray(parts) ? parts.map(componentOf).filter((part) => part !== null) : [];
}
