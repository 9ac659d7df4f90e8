import type { ReactiveController, ReactiveControllerHost } from 'lit';

/** Width and height of an element in CSS pixels, kept up to date; also updates when the pixel density changes. */
export class Measured implements ReactiveController {
  width = 0;
  height = 0;
  private readonly observer: ResizeObserver;
  private observed: Element | null = null;

  constructor(
    host: ReactiveControllerHost,
    private readonly find: () => Element | null,
  ) {
    host.addController(this);
    this.observer = new ResizeObserver(([entry]) => {
      const width = Math.floor(entry?.contentRect.width ?? 0);
      const height = Math.floor(entry?.contentRect.height ?? 0);
      if (width === this.width && height === this.height) return;
      this.width = width;
      this.height = height;
      host.requestUpdate();
    });
  }

  hostUpdated(): void {
    const element = this.find();
    if (element === this.observed) return;
    if (this.observed) this.observer.unobserve(this.observed);
    if (element) this.observer.observe(element);
    this.observed = element;
  }

  hostDisconnected(): void {
    this.observer.disconnect();
    this.observed = null;
  }
}
