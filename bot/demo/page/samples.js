// What can be sent without a camera and a microphone? A photo drawn on a canvas, a hum, a place.

export const SAMPLE_PLACE = { latitude: 24.9017, longitude: 118.5853 }; // nowhere in particular in the sample town

/** A lift door with a paper on it, as a JPEG. */
export function samplePhoto() {
  const canvas = document.createElement("canvas");
  [canvas.width, canvas.height] = [900, 1100];
  const paint = canvas.getContext("2d");
  const fill = (colour, ...box) => {
    paint.fillStyle = colour;
    paint.fillRect(...box);
  };
  const wall = paint.createLinearGradient(0, 0, 0, 1100);
  wall.addColorStop(0, "#d9d2c3");
  wall.addColorStop(1, "#b9b09d");
  fill(wall, 0, 0, 900, 1100);
  fill("#8d8676", 0, 960, 900, 140);
  fill("#77706a", 150, 130, 600, 850);
  const steel = paint.createLinearGradient(180, 0, 720, 0);
  for (const [at, colour] of [[0, "#9aa4ab"], [0.3, "#c9d1d6"], [0.49, "#a7b1b8"], [0.51, "#8f9aa1"], [0.75, "#c3ccd1"], [1, "#96a0a7"]]) steel.addColorStop(at, colour);
  fill(steel, 180, 160, 540, 800);
  fill("#4d565c", 447, 160, 6, 800);
  fill("#1d2226", 370, 60, 160, 56);
  paint.font = "700 42px sans-serif";
  paint.fillStyle = "#e2452f";
  paint.textAlign = "center";
  paint.fillText("— —", 450, 102);
  fill("#2b3136", 790, 480, 50, 120);
  paint.beginPath();
  paint.arc(815, 515, 14, 0, 7);
  paint.arc(815, 565, 14, 0, 7);
  paint.fillStyle = "#cfd6da";
  paint.fill();
  paint.save();
  paint.translate(450, 480);
  paint.rotate(-0.03);
  fill("#fffdf5", -150, -110, 300, 220);
  paint.fillStyle = "#b3261e";
  paint.font = "700 62px 'Noto Sans CJK SC', 'PingFang SC', 'Microsoft YaHei', sans-serif";
  paint.fillText("电梯故障", 0, -20);
  paint.fillStyle = "#333";
  paint.font = "500 42px 'Noto Sans CJK SC', 'PingFang SC', 'Microsoft YaHei', sans-serif";
  paint.fillText("请走楼梯", 0, 58);
  paint.restore();
  return new Promise((resolve) => canvas.toBlob(resolve, "image/jpeg", 0.86));
}

/** Four seconds of a hum, as a WAV file. */
export function sampleVoice() {
  const rate = 8000;
  const samples = rate * 4;
  const view = new DataView(new ArrayBuffer(44 + samples));
  const letters = (at, text) => [...text].forEach((letter, i) => view.setUint8(at + i, letter.charCodeAt(0)));
  letters(0, "RIFF");
  view.setUint32(4, 36 + samples, true);
  letters(8, "WAVEfmt ");
  view.setUint32(16, 16, true);
  view.setUint16(20, 1, true);
  view.setUint16(22, 1, true);
  view.setUint32(24, rate, true);
  view.setUint32(28, rate, true);
  view.setUint16(32, 1, true);
  view.setUint16(34, 8, true);
  letters(36, "data");
  view.setUint32(40, samples, true);
  for (let i = 0; i < samples; i += 1) {
    const swell = Math.sin((i / samples) * Math.PI * 9) ** 2;
    view.setUint8(44 + i, 128 + Math.round(24 * swell * Math.sin((i / rate) * 2 * Math.PI * 180)));
  }
  return new Blob([view], { type: "audio/wav" });
}
