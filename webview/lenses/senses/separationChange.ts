import { css, html, LitElement, nothing, type PropertyValues, type TemplateResult } from 'lit';
import { customElement, property, state } from 'lit/decorators.js';
import type { MapPoint, Senses } from '../../../src/lenses/senses/contract';
import type { SenseLayers } from '../../../src/lenses/senses/layersContract';
import { type Switches, nothingOff } from '../../../src/lenses/whatIf/contract';
import { offText } from '../../../src/lenses/whatIf/describe';
import { turnTowards } from '../../../src/math/procrustes';
import type { WordInDocument } from '../../../src/panel/contract';
import { inContext } from '../../../src/text/occurrences';
import { excerpt, visibleLine } from '../../../src/text/visibleText';
import type { EditorConnection } from '../../connection';
import { noticeStyles, sharedStyles, tableButton } from '../../controls';
import { formatWeight } from '../../format';
import { Latest } from '../../latest';
import { signed } from '../evidence/outcomeTexts';
import { frameStyles, loadState } from '../frame';
import '../layerChart';
import { stateName } from '../stateName';
import './map';
import { senseMarker } from './marker';

/** The occurrences by each hidden state, with all on and as the model is switched. */
interface Change {
  readonly before: SenseLayers;
  readonly now: SenseLayers;
  /** Tells what is off now. */
  readonly off: string;
}

const number = (value: number | null): string => (value === null ? '–' : formatWeight(value));

/** How far the senses that are found with all on stand apart, before and after what is off. */
@customElement('headlight-separation-change')
export class SeparationChange extends LitElement {
  static override styles = [
    sharedStyles,
    noticeStyles,
    ...frameStyles,
    css`
      .figure {
        font-size: 1.6em;
        line-height: 1.2;
      }
      .maps {
        display: grid;
        grid-template-columns: minmax(0, 1fr);
        gap: 12px;
      }
      @container (min-width: 480px) {
        .maps {
          grid-template-columns: minmax(0, 1fr) minmax(0, 1fr);
        }
      }
      figure {
        margin: 0;
      }
      figcaption {
        display: flex;
        justify-content: space-between;
        gap: 8px;
        margin-bottom: 4px;
        font-size: var(--headlight-small);
      }
      .key {
        display: flex;
        flex-wrap: wrap;
        gap: 2px 16px;
        font-size: var(--headlight-small);
      }
      .key > li {
        display: flex;
        align-items: center;
        gap: 6px;
        min-width: 0;
      }
      .marker {
        flex: none;
      }
    `,
  ];

  @property({ attribute: false }) editor!: EditorConnection;
  @property({ attribute: false }) word!: WordInDocument;
  /** As they are found with all on. */
  @property({ attribute: false }) senses!: Senses;
  @property({ attribute: false }) off!: Switches;
  /** The hidden state whose vectors are compared; null for the last. */
  @property({ attribute: false }) shown: number | null = null;
  @state() private table = false;
  private readonly change = new Latest<Change>(this);

  override willUpdate(changed: PropertyValues<this>): void {
    const otherWord = changed.has('senses');
    if (!otherWord && JSON.stringify(changed.get('off') ?? this.off) === JSON.stringify(this.off)) return;
    const { editor, off, senses, word } = this;
    const request = { occurrences: word.occurrences.map(inContext), senses: senses.occurrences.map((occurrence) => occurrence?.sense ?? null) };
    this.change.load(async (signal) => ({
      off: offText(off),
      before: await editor.call('senses/layers', { ...request, switches: nothingOff }, { signal }),
      now: await editor.call('senses/layers', { ...request, switches: off }, { signal }),
    }), { forget: otherWord });
  }

  override render(): TemplateResult {
    const { change } = this;
    return html`<section class="card stack" aria-label="How far senses stand apart" aria-busy=${change.loading}>
      <div class="bar spread">
        <h2>Do the senses still stand apart? <span class="muted small">those that are found with all on</span></h2>
        ${change.value ? tableButton(this.table, () => { this.table = !this.table; }) : nothing}
      </div>
      ${loadState(change, null)} ${change.value ? this.answer(change.value) : nothing}
    </section>`;
  }

  private answer({ before, now, off }: Change): TemplateResult {
    const { senses } = this;
    const last = before.states.length - 1;
    const state = this.shown === null || this.shown > last ? last : this.shown;
    const [was, is] = [before.states[state]!, now.states[state]!];
    const difference = was.silhouette === null || is.silhouette === null ? null : is.silhouette - was.silhouette;
    return html`<p role="status" data-separation-change>
        Separation after ${stateName(state).toLowerCase()}
        <span class="figure number">${number(was.silhouette)} → ${number(is.silhouette)}</span>
        ${difference === null ? nothing : html`<span class="muted number">(${signed(difference)})</span>`}
      </p>
      ${this.table
        ? table(before, now, off, state)
        : html`<div class="maps">${this.map('all on', was.points, was.silhouette)} ${this.map(off, turned(is.points, now.scale, was.points, before.scale), is.silhouette)}</div>
            <ul class="key" aria-label="Senses with all on">
              ${senses.senses.map((_, sense) => html`<li>${senseMarker(sense)}<span class="muted">${this.example(sense)}</span></li>`)}
            </ul>
            <headlight-layer-chart
              .series=${[{ name: 'all on', values: before.states.map(({ silhouette }) => silhouette) }, { name: off, values: now.states.map(({ silhouette }) => silhouette) }]}
              .unit=${'separation'}
              .label=${`Separation by layer, with all on and with ${off}. “Show as table” gives the numbers.`}
              .shown=${state}
            ></headlight-layer-chart>`}
      <p class="muted small">
        Separation: mean silhouette of the word’s own vectors by cosine, 1 far apart, 0 mixed. Marks are the senses with all on in both maps,
        which have one scale; the second is turned towards the first. The groups below go by more than these vectors: they may hold
        where these draw together.
      </p>`;
  }

  private map(name: string, points: readonly (MapPoint | null)[], silhouette: number | null): TemplateResult {
    return html`<figure>
      <figcaption><span>${name}</span><span class="number">${number(silhouette)}</span></figcaption>
      <headlight-sense-map
        .senses=${this.senses}
        .points=${points}
        .reach=${1}
        .label=${`Map of the word’s vectors with ${name}: the senses stand apart by ${number(silhouette)}.`}
      ></headlight-sense-map>
    </figure>`;
  }

  /** The beginning of a sense: what it is named by here. */
  private example(sense: number): string {
    const { senses, word } = this;
    const at = senses.occurrences.findIndex((occurrence) => occurrence?.sense === sense);
    return at < 0 ? '' : `“${excerpt(visibleLine(word.occurrences[at]!.sentence), 44)}” and ${senses.senses[sense]!.size - 1} more`;
  }
}

/** A map at the scale of another, turned towards it. */
function turned(points: readonly (MapPoint | null)[], scale: number, reference: readonly (MapPoint | null)[], referenceScale: number): readonly (MapPoint | null)[] {
  const by = scale === 0 ? 1 : referenceScale / scale;
  const pairs = points.flatMap((point, at) => (point && reference[at] ? [[point, reference[at]] as const] : []));
  const turn = turnTowards(pairs.map(([{ x, y }]) => [x * by, y * by]), pairs.map(([, { x, y }]) => [x, y]));
  return points.map((point) => {
    if (!point) return null;
    const [x, y] = turn([point.x * by, point.y * by]);
    return { x, y };
  });
}

function table(before: SenseLayers, now: SenseLayers, off: string, shown: number): TemplateResult {
  return html`<table>
    <caption class="visually-hidden">Separation by layer, before and after</caption>
    <thead>
      <tr>
        <th scope="col">State</th>
        <th scope="col" class="number">all on</th>
        <th scope="col" class="number">${off}</th>
        <th scope="col" class="number">Difference</th>
      </tr>
    </thead>
    <tbody>
      ${before.states.map(({ silhouette: was }, state) => {
        const is = now.states[state]!.silhouette;
        return html`<tr aria-current=${state === shown}>
          <th scope="row">${stateName(state)}</th>
          <td class="number">${number(was)}</td>
          <td class="number">${number(is)}</td>
          <td class="number">${was === null || is === null ? '–' : signed(is - was)}</td>
        </tr>`;
      })}
    </tbody>
  </table>`;
}
