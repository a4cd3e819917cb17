/**
 * Draws meshes with three.js. All of them with one graphics context, of which browsers give few: each picture is copied
 * to the canvas it is for, and only drawn when something has changed.
 */
import {
  AmbientLight,
  BufferAttribute,
  BufferGeometry,
  Color,
  DirectionalLight,
  DoubleSide,
  Group,
  LineBasicMaterial,
  LineSegments,
  Mesh,
  MeshStandardMaterial,
  PerspectiveCamera,
  Points,
  PointsMaterial,
  Scene,
  Sphere,
  Vector3,
  WebGLRenderer,
  type Material,
  type Object3D,
} from "three";
import { OrbitControls } from "three/addons/controls/OrbitControls.js";
import type { Part, Shape } from "./shape";

export interface Look {
  /** In CSS pixels. */
  pointSize: number;
  wireframe: boolean;
  /** Which axis points up. */
  up: "y" | "z";
  background: string;
  /** Of what has no colour of its own. */
  color: string;
}

/** From where it is looked at, in units of the file, with y upwards. */
export interface Viewpoint {
  position: [number, number, number];
  target: [number, number, number];
}

const FIELD_OF_VIEW_DEG = 40;
/** As seen at first: from the front, a little from the right and from above. */
const FIRST_DIRECTION = new Vector3(0.6, 0.45, 1);

let shared: WebGLRenderer | null = null;

/** Throws where the browser has no WebGL. */
function renderer(): WebGLRenderer {
  shared ??= new WebGLRenderer({ antialias: true, preserveDrawingBuffer: true });
  return shared;
}

export class Stage {
  readonly #canvas: HTMLCanvasElement;
  readonly #scene = new Scene();
  /** The controls turn around y, so what has z upwards is laid down. */
  readonly #parts = new Group();
  readonly #camera = new PerspectiveCamera(FIELD_OF_VIEW_DEG);
  readonly #controls: OrbitControls;
  readonly #moved: (viewpoint: Viewpoint) => void;
  #shape: Shape | null = null;
  #look: Look | null = null;
  #frame = 0;

  /** `moved`: told whenever somebody has turned, moved or zoomed. */
  constructor(canvas: HTMLCanvasElement, moved: (viewpoint: Viewpoint) => void) {
    this.#canvas = canvas;
    this.#moved = moved;
    const light = new DirectionalLight(0xffffff, 2);
    light.position.set(0.5, 1, 1);
    this.#camera.add(light);
    this.#scene.add(this.#parts, this.#camera, new AmbientLight(0xffffff, 1.2));
    this.#controls = new OrbitControls(this.#camera, canvas);
    this.#controls.addEventListener("change", () => this.redraw());
    this.#controls.addEventListener("end", () => this.#moved(this.#viewpoint()));
    this.#controls.listenToKeyEvents(canvas);
  }

  /** Whether the wheel zooms; otherwise it scrolls the page. */
  set zoomsByWheel(zooms: boolean) {
    this.#controls.enableZoom = zooms;
  }

  /** `from`: where it was looked at from; null: all of it is shown. */
  show(shape: Shape, look: Look, from: Viewpoint | null): void {
    const isNew = shape !== this.#shape;
    const isTurned = look.up !== this.#look?.up;
    this.#shape = shape;
    this.#look = look;
    this.#scene.background = new Color(look.background);
    if (isNew) {
      this.#clear();
      for (const part of shape.parts) this.#parts.add(objectOf(part));
    }
    this.#parts.traverse((object) => dress(object, look));
    this.#parts.rotation.x = look.up === "z" ? -Math.PI / 2 : 0;
    if (from) this.#lookFrom(from);
    else if (isNew || isTurned) this.fit();
    this.redraw();
  }

  /** All of it in sight, from where it is seen at first. */
  fit(): void {
    if (!this.#shape || !this.#look) return;
    const { centre, radius } = this.#shape;
    const target = new Vector3(...centre).applyEuler(this.#parts.rotation);
    const narrow = Math.min(1, this.#canvas.clientWidth / Math.max(1, this.#canvas.clientHeight));
    const distance = radius / Math.sin(((FIELD_OF_VIEW_DEG / 2) * Math.PI) / 180) / narrow;
    const direction = FIRST_DIRECTION.clone().setLength(distance);
    this.#lookFrom({ position: target.clone().add(direction).toArray(), target: target.toArray() });
  }

  /** At the next frame of the screen. */
  redraw(): void {
    this.#frame ||= requestAnimationFrame(() => {
      this.#frame = 0;
      this.#draw();
    });
  }

  close(): void {
    cancelAnimationFrame(this.#frame);
    this.#controls.dispose();
    this.#clear();
  }

  #draw(): void {
    const { clientWidth: width, clientHeight: height } = this.#canvas;
    const context = this.#canvas.getContext("2d");
    if (!this.#shape || !context || width === 0 || height === 0) return;
    const scale = devicePixelRatio;
    [this.#canvas.width, this.#canvas.height] = [Math.round(width * scale), Math.round(height * scale)];
    const { radius } = this.#shape;
    const distance = this.#camera.position.distanceTo(this.#controls.target);
    this.#camera.aspect = width / height;
    this.#camera.near = Math.max(distance / 1000, distance - 20 * radius);
    this.#camera.far = distance + 20 * radius;
    this.#camera.updateProjectionMatrix();
    const drawing = renderer();
    drawing.setPixelRatio(scale);
    drawing.setSize(width, height, false);
    drawing.render(this.#scene, this.#camera);
    context.drawImage(drawing.domElement, 0, 0);
    this.#canvas.dataset["state"] = "drawn";
  }

  #viewpoint(): Viewpoint {
    return { position: this.#camera.position.toArray(), target: this.#controls.target.toArray() };
  }

  #lookFrom({ position, target }: Viewpoint): void {
    this.#camera.position.set(...position);
    this.#controls.target.set(...target);
    this.#controls.update();
    this.redraw();
  }

  #clear(): void {
    for (const child of [...this.#parts.children]) {
      this.#parts.remove(child);
      const { geometry, material } = child as Mesh<BufferGeometry, Material>;
      geometry.dispose();
      material.dispose();
    }
  }
}

function objectOf({ form, positions, indices, colors, color }: Part): Object3D {
  const geometry = new BufferGeometry();
  geometry.setAttribute("position", new BufferAttribute(positions, 3));
  if (colors) geometry.setAttribute("color", new BufferAttribute(colors, 3));
  if (indices) geometry.setIndex(new BufferAttribute(indices, 1));
  const options = { vertexColors: colors !== null };
  const object =
    form === "points"
      ? new Points(geometry, new PointsMaterial({ ...options, sizeAttenuation: false }))
      : form === "lines"
        ? new LineSegments(geometry, new LineBasicMaterial(options))
        : new Mesh(
            geometry,
            new MeshStandardMaterial({ ...options, side: DoubleSide, flatShading: true, roughness: 0.75 }),
          );
  object.userData = { own: colors ? [1, 1, 1] : color };
  // What surrounds it is known already, of its coordinates that are numbers.
  object.frustumCulled = false;
  geometry.boundingSphere = new Sphere();
  return object;
}

function dress(object: Object3D, { pointSize, wireframe, color }: Look): void {
  if (!("material" in object)) return;
  const material = object.material as MeshStandardMaterial | PointsMaterial | LineBasicMaterial;
  const own = object.userData["own"] as Part["color"];
  if (own) material.color.setRGB(...own);
  else material.color.set(color);
  if (material instanceof PointsMaterial) material.size = pointSize * devicePixelRatio;
  if (material instanceof MeshStandardMaterial) material.wireframe = wireframe;
}
